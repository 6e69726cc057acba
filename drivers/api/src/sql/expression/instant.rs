//! Dates and times in literals as servers tell them: with all their parts.

/// `2020-1-5` is `2020-01-05`; what is no such date stays as it is.
pub fn date(text: &str) -> String {
    let parts: Vec<&str> = text.split('-').collect();
    let is_number = |part: &&str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    match &parts[..] {
        [year, month, day]
            if parts.iter().all(is_number)
                && year.len() == 4
                && month.len() < 3
                && day.len() < 3 =>
        {
            format!("{year}-{month:0>2}-{day:0>2}")
        }
        _ => text.into(),
    }
}

/// `12:00` is `12:00:00`.
pub fn clock(text: &str) -> String {
    let is_part = |part: &str| part.len() < 3 && part.bytes().all(|b| b.is_ascii_digit());
    match text.split(':').collect::<Vec<_>>()[..] {
        [hour, minute] if !hour.is_empty() && is_part(hour) && is_part(minute) => {
            format!("{hour:0>2}:{minute:0>2}:00")
        }
        _ => text.into(),
    }
}

/// A date, and midnight where no time is said.
pub fn moment(text: &str) -> String {
    match text.split_once([' ', 'T']) {
        Some((day, time)) => format!("{} {}", date(day), clock(time)),
        None if text.starts_with(|c: char| c.is_ascii_digit()) && text.contains('-') => {
            format!("{} 00:00:00", date(text))
        }
        None => text.into(),
    }
}
