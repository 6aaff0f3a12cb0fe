//! Any bytes as free JSON: refused, or read into a text that is its own canonical text.

use super::domain::text::CanonicalJson;
use super::wire::json;

pub(super) fn run(data: &[u8]) {
    let Ok(value) = json::parse(data) else { return };
    let Ok(text) = json::canonical(&value) else { return };
    let again = json::parse(text.as_str().as_bytes()).expect("canonical text is JSON");
    assert_eq!(json::canonical(&again).as_ref(), Ok(&text));
    assert!(CanonicalJson::new(text.as_str()).is_ok());
    if let Ok(data) = json::event_data(&value) {
        assert_eq!(data.json, text);
        for part in [&data.app, &data.title, &data.url].into_iter().flatten() {
            assert!(part.chars().count() <= json::LONGEST_PARSED_OUT);
        }
    }
}
