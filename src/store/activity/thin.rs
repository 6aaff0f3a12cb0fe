//! What an event keeps once it is old.

use crate::domain::activity::EventData;
use crate::domain::text::CanonicalJson;

/// What is left of it once it is old: which application, whether somebody was there. Nothing when there is no more now.
pub(in crate::store) fn thinned(data: &EventData) -> Option<EventData> {
    let EventData { app, afk, .. } = data;
    let mut words = serde_json::Map::new();
    if let Some(app) = app {
        words.insert("app".to_owned(), app.clone().into());
    }
    if let Some(afk) = afk {
        words.insert("status".to_owned(), if *afk { "afk" } else { "not-afk" }.into());
    }
    let json = CanonicalJson::new(serde_json::Value::Object(words).to_string()).ok()?;
    let (app, afk) = (app.clone(), *afk);
    let thin = EventData { json, app, title: None, url: None, afk };
    (thin != *data).then_some(thin)
}
