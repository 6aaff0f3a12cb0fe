//! What the watchers of a made-up person's computer would have recorded while they worked: windows, addresses, presence.

use std::sync::Arc;

use serde_json::{Value, json};

use super::DemoOptions;
use super::cast;
use super::dice::Dice;
use super::office::Person;
use super::workday::Block;
use crate::domain::activity::{BucketAbout, Event, EventId};
use crate::domain::batch::Operation;
use crate::domain::policy::ActivityPolicy;
use crate::domain::text::{BadText, BucketName, CanonicalJson, ShortText};
use crate::domain::time::{MINUTE_MS, SECOND_MS, Timestamp};
use crate::service::error::ServiceError;
use crate::wire::json::event_data;

/// The watchers of one computer; each counts its own events.
pub(super) struct Watchers {
    window: Watcher,
    web: Watcher,
    afk: Watcher,
    /// Until when it is known whether somebody was there.
    known: Option<Timestamp>,
}

struct Watcher {
    bucket: BucketName,
    about: BucketAbout,
    last: u64,
}

impl Watchers {
    /// Of this person's computer, under the names the real watchers give.
    ///
    /// # Errors
    /// None but of a wrong name.
    pub(super) fn of(person: &Person) -> Result<Self, BadText> {
        let host = person.device.name.as_str();
        let watcher = |client: &str, kind: &str| -> Result<Watcher, BadText> {
            let about = BucketAbout {
                kind: ShortText::new(kind)?,
                client: ShortText::new(client)?,
                hostname: ShortText::new(host)?,
                data: CanonicalJson::empty(),
            };
            Ok(Watcher { bucket: BucketName::new(format!("{client}_{host}"))?, about, last: 0 })
        };
        Ok(Self {
            window: watcher("aw-watcher-window", "currentwindow")?,
            web: watcher("aw-watcher-web-firefox", "web.tab.current")?,
            afk: watcher("aw-watcher-afk", "afkstatus")?,
            known: None,
        })
    }

    /// Their buckets.
    pub(super) fn buckets(&self, created: Timestamp) -> Vec<Operation> {
        let all = [&self.window, &self.web, &self.afk].into_iter();
        let put = |watcher: &Watcher| Operation::PutBucket {
            name: watcher.bucket.clone(),
            about: watcher.about.clone(),
            created,
        };
        all.map(put).collect()
    }

    /// What they recorded during a block of work; a window stays in front for `seconds` on average.
    ///
    /// # Errors
    /// None but of a wrong event.
    pub(super) fn record(
        &mut self,
        options: &DemoOptions,
        person: &Person,
        block: &Block,
        seconds: u64,
    ) -> Result<Vec<Operation>, ServiceError> {
        let mut recorded = Vec::new();
        if !block.at_work {
            return Ok(recorded);
        }
        let (start, until) = (block.entry.start, block.until);
        if let Some(known) = self.known.filter(|known| start.ms_since(*known) > 3 * MINUTE_MS) {
            let away = start.ms_since(known).min(120 * MINUTE_MS);
            recorded.push(self.afk.saw(known, away, &json!({ "status": "afk" }))?);
        }
        self.known = Some(until);
        let there = json!({ "status": "not-afk" });
        recorded.push(self.afk.saw(start, until.ms_since(start), &there)?);
        let begin = start.ms().unsigned_abs();
        let mut dice = Dice::of(options.seed, &[person.number, begin]);
        let mut at = start;
        while at < until {
            let long = dice.around(seconds * SECOND_MS).max(SECOND_MS).min(until.ms_since(at));
            let (app, title) = dice.prefer(person.craft.windows());
            let title = title.replace("{}", &thing(&mut dice));
            if *app == "Firefox" {
                let page = title.split(" - ").next().unwrap_or(&title).replace(' ', "-");
                let site = dice.prefer(&SITES);
                let url = format!("https://{site}/{page}");
                let tab = json!({ "url": url, "title": title, "audible": false, "incognito": false, "tabCount": 1 });
                recorded.push(self.web.saw(at, long, &tab)?);
            }
            recorded.push(self.window.saw(at, long, &json!({ "app": app, "title": title }))?);
            at = at.plus_ms(long + dice.between(0, 3) * SECOND_MS);
        }
        Ok(recorded)
    }
}

impl Watcher {
    fn saw(
        &mut self,
        start: Timestamp,
        long: u64,
        data: &Value,
    ) -> Result<Operation, ServiceError> {
        self.last += 1;
        let data = event_data(data).map_err(|error| ServiceError::Failed(error.to_string()))?;
        let event = Event {
            id: EventId(self.last),
            start,
            duration_ms: long,
            policy: ActivityPolicy::AppTotals,
            data: Arc::new(data),
        };
        Ok(Operation::PutEvent { bucket: self.bucket.clone(), event })
    }
}

/// Mostly something well known; now and then something new, as titles are.
fn thing(dice: &mut Dice) -> String {
    let thing = dice.prefer(&cast::THINGS);
    if dice.in_hundred(15) {
        format!("{thing} {}", dice.between(2, 9_999))
    } else {
        (*thing).to_owned()
    }
}

const SITES: [&str; 8] = [
    "docs.example.com",
    "code.example.com",
    "news.example.org",
    "wiki.example.net",
    "search.example.com",
    "maps.example.org",
    "shop.example.com",
    "video.example.org",
];
