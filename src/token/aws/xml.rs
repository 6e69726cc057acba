//! The text of an element that stands once in a document of STS. No more of XML is read, and what is
//! not understood is no text.

/// `None` where it is not there, is there twice, or holds other than text.
pub fn element(document: &str, name: &str) -> Option<String> {
    let (open, close) = (format!("<{name}>"), format!("</{name}>"));
    let (_, rest) = document.split_once(&open)?;
    let (text, after) = rest.split_once(&close)?;
    if after.contains(&open) || text.contains(['<', '>']) {
        return None;
    }
    plain(text.trim())
}

fn plain(text: &str) -> Option<String> {
    let mut parts = text.split('&');
    let mut out = parts.next()?.to_string();
    for part in parts {
        let (entity, rest) = part.split_once(';')?;
        out.push(match entity {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "apos" => '\'',
            _ => {
                let code = entity.strip_prefix('#')?;
                let code = match code.strip_prefix('x') {
                    Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                    None => code.parse().ok()?,
                };
                char::from_u32(code)?
            }
        });
        out.push_str(rest);
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_element_is_its_text_or_nothing() {
        for (document, expected) in [
            ("<a><k>v</k></a>", Some("v")),
            ("<k>\n a+b/c== \n</k>", Some("a+b/c==")),
            ("<k>a&amp;b &lt;&#39;&#x3e;</k>", Some("a&b <'>")),
            ("<k></k>", Some("")),
            ("<k/>", None),
            ("<k>v", None),
            ("<kk>v</kk>", None),
            ("<k>v</k><k>w</k>", None),
            ("<k><l>v</l></k>", None),
            ("<k><![CDATA[v]]></k>", None),
            ("<k>a&b</k>", None),
            ("<k>a&unknown;b</k>", None),
            ("<k>&#xd800;</k>", None),
            ("", None),
        ] {
            assert_eq!(element(document, "k").as_deref(), expected, "{document}");
        }
    }
}
