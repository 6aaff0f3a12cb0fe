//! What is kept how long, what a limit would remove, and a new limit for whoever has seen that.

use super::Retention;
use crate::domain::command::Command;
use crate::domain::office_setting::{OfficeSettingCommand, OfficeSettings, SettingValue, Shape};
use crate::domain::retention::{Going, Kind};
use crate::domain::right::Right;
use crate::domain::time::Timestamp;
use crate::service::error::ServiceError;
use crate::service::{Change, Principal};
use crate::store::activity::weigh::Of;
use crate::store::read;

/// How long a kind of data is kept.
#[derive(Debug)]
pub struct Kept {
    /// Which.
    pub kind: Kind,
    /// Where the office chooses: its choice.
    pub chosen: Option<Chosen>,
    /// What goes with that limit, for whoever may choose.
    pub going: Option<Going>,
}

/// A limit that the office chooses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chosen {
    /// So many of the kind's unit.
    pub limit: u64,
    /// What holds until it is set.
    pub usual: u64,
    /// It may be no less.
    pub least: u64,
    /// It may be no more.
    pub most: u64,
    /// What is from before this goes.
    pub before: Timestamp,
}

impl Kept {
    /// What whoever has seen this says to make it so: it is another as soon as something else would go.
    pub fn confirmation(&self) -> Option<String> {
        let (chosen, going) = (self.chosen?, self.going.as_ref()?);
        let Going { count, people, months, .. } = going;
        let (kind, limit, months) = (self.kind.name(), chosen.limit, months.len());
        Some(format!("{kind}-{limit}-{count}-{people}-{months}"))
    }
}

impl Retention {
    /// How long everything is kept.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn list(&self) -> Result<Vec<Kept>, ServiceError> {
        let settings = self.door.read(read::office_settings).await?;
        let one = |kind| Kept { kind, chosen: self.chosen(kind, &settings, None), going: None };
        Ok(Kind::ALL.into_iter().map(one).collect())
    }

    /// What this limit, or the one that holds, would remove.
    ///
    /// # Errors
    /// An unknown kind, a limit out of bounds, no right.
    pub async fn preview(
        &self,
        principal: &Principal,
        name: &str,
        limit: Option<u64>,
    ) -> Result<Kept, ServiceError> {
        principal.must_have(Right::ManageServer)?;
        let kind = Kind::from_name(name).ok_or_else(unknown)?;
        let setting = kind.setting().ok_or_else(|| fixed(kind))?;
        if let Some(fault) = limit.and_then(|limit| setting.fault(&SettingValue::Number(limit))) {
            return Err(ServiceError::bad_input(
                "bad_limit",
                fault,
                "Choose a limit within these.",
            ));
        }
        let settings = self.door.read(read::office_settings).await?;
        let chosen = self.chosen(kind, &settings, limit).ok_or_else(|| fixed(kind))?;
        let before = chosen.before;
        let going = self.door.read(move |reader| match kind {
            Kind::Detail => read::retention::going(reader, before, Of::Detailed),
            Kind::Activity => read::retention::going(reader, before, Of::All),
            _ => read::retention::going_traces(reader, before),
        });
        Ok(Kept { kind, chosen: Some(chosen), going: Some(going.await?) })
    }

    /// Sets a limit for whoever has seen what it removes, and says so.
    ///
    /// # Errors
    /// As [`Self::preview`]; something else would go than was seen.
    pub async fn set(
        &self,
        principal: &Principal,
        (name, limit): (&str, u64),
        confirmation: &str,
    ) -> Result<Kept, ServiceError> {
        let kept = self.preview(principal, name, Some(limit)).await?;
        if kept.confirmation().as_deref() != Some(confirmation) {
            return Err(ServiceError::bad_input(
                "other_preview",
                "This confirms something else than what this limit removes now.",
                "Look at the preview again, and send what it says in `confirm`.",
            ));
        }
        let setting = kept.kind.setting().ok_or_else(|| fixed(kept.kind))?;
        let value = Some(SettingValue::Number(limit));
        let command = Command::OfficeSetting(OfficeSettingCommand::Set { setting, value });
        let change = Change { now: (self.now)(), actor: principal.actor(), command };
        change.commit(&self.door).await?;
        Ok(kept)
    }

    fn chosen(&self, kind: Kind, settings: &OfficeSettings, limit: Option<u64>) -> Option<Chosen> {
        let setting = kind.setting()?;
        let Shape::Number(least, most) = setting.shape() else { return None };
        let limit = limit.unwrap_or_else(|| settings.number(setting));
        let usual = OfficeSettings::default().number(setting);
        let before = kind.before((self.now)(), limit)?;
        Some(Chosen { limit, usual, least, most, before })
    }
}

fn unknown() -> ServiceError {
    ServiceError::bad_input(
        "unknown_kind",
        "There is no such kind of data.",
        "The list of what is kept has all there are.",
    )
}

fn fixed(kind: Kind) -> ServiceError {
    ServiceError::bad_input("not_chosen", kind.about(), "Choose a limit for another kind of data.")
}
