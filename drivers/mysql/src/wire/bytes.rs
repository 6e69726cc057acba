//! Reading the fields of a packet. Nothing here panics on what a server sends: a field that is not
//! there is `None`.

use super::Changed;

/// What is left of a packet.
pub struct Bytes<'a>(pub &'a [u8]);

impl<'a> Bytes<'a> {
    pub fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (now, later) = self.0.split_at_checked(count)?;
        self.0 = later;
        Some(now)
    }

    pub fn u8(&mut self) -> Option<u8> {
        Some(self.take(1)?[0])
    }

    pub fn u16(&mut self) -> Option<u16> {
        Some(u16::from_le_bytes(self.take(2)?.try_into().ok()?))
    }

    pub fn u32(&mut self) -> Option<u32> {
        Some(u32::from_le_bytes(self.take(4)?.try_into().ok()?))
    }

    /// A number that says its own length.
    pub fn length(&mut self) -> Option<u64> {
        let wide = match self.u8()? {
            0xfc => 2,
            0xfd => 3,
            0xfe => 8,
            0xfb | 0xff => return None,
            small => return Some(u64::from(small)),
        };
        let mut full = [0; 8];
        full[..wide].copy_from_slice(self.take(wide)?);
        Some(u64::from_le_bytes(full))
    }

    /// Bytes that say their own length.
    pub fn counted(&mut self) -> Option<&'a [u8]> {
        let length = usize::try_from(self.length()?).ok()?;
        self.take(length)
    }

    /// Bytes up to a zero, or all of them.
    pub fn until_zero(&mut self) -> &'a [u8] {
        let end = self.0.iter().position(|b| *b == 0).unwrap_or(self.0.len());
        let found = &self.0[..end];
        self.0 = self.0.get(end + 1..).unwrap_or_default();
        found
    }
}

/// A column of an answer.
pub struct Column {
    pub name: String,
    /// Its bytes are no text.
    binary: bool,
}

const BINARY: u16 = 63;

pub fn column(packet: &[u8]) -> Option<Column> {
    let mut bytes = Bytes(packet);
    for _ in ["catalog", "schema", "table", "original table"] {
        bytes.counted()?;
    }
    let name = text(bytes.counted()?);
    bytes.counted()?;
    bytes.length()?;
    let charset = bytes.u16()?;
    bytes.u32()?;
    let kind = bytes.u8()?;
    // Numbers and times are "binary" too and still text; strings, blobs, points and bits are not.
    let binary = kind == 16 || charset == BINARY && matches!(kind, 15 | 249..=255);
    Some(Column { name, binary })
}

pub fn row(packet: &[u8], columns: &[Column]) -> Option<Vec<Option<String>>> {
    let mut bytes = Bytes(packet);
    columns
        .iter()
        .map(|column| {
            if bytes.0.first() == Some(&0xfb) {
                bytes.take(1)?;
                return Some(None);
            }
            let value = bytes.counted()?;
            Some(Some(match column.binary {
                true => hex(value),
                false => text(value),
            }))
        })
        .collect()
}

/// What a session is told about itself: types 0 (variables) and 1 (database) matter here.
pub fn changes(told: &[u8], changed: &mut Changed) -> Option<()> {
    let mut bytes = Bytes(told);
    while !bytes.0.is_empty() {
        let kind = bytes.u8()?;
        let mut data = Bytes(bytes.counted()?);
        match kind {
            0 => {
                // MariaDB puts several pairs of name and value into one of these.
                while !data.0.is_empty() {
                    changed.variables.insert(text(data.counted()?));
                    data.counted()?;
                }
            }
            1 => changed.database = true,
            _ => {}
        }
    }
    Some(())
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_torn_field_is_none() {
        assert_eq!(Bytes(&[0xfc, 1]).length(), None);
        assert_eq!(Bytes(&[5, 1, 2]).counted(), None);
        assert_eq!(
            Bytes(&[0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]).counted(),
            None
        );
        assert_eq!(Bytes(&[0xfd, 1, 0, 1]).length(), Some(0x1_0001));
    }

    #[test]
    fn changes_name_the_variables_and_the_database() {
        let told = b"\x00\x0c\x08sql_mode\x02ON\x01\x03\x02db\x02\x02\x011";
        let mut changed = Changed::default();
        assert_eq!(changes(told, &mut changed), Some(()));
        assert!(changed.database);
        assert!(changed.variables.contains("sql_mode"));
        assert_eq!(changed.variables.len(), 1);
        assert_eq!(changes(b"\x00\x0c\x08", &mut changed), None);
    }
}
