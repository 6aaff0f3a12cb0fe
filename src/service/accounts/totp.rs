//! Codes from an app (RFC 6238: HMAC-SHA-1, six digits, thirty seconds, as every app does it), and one-time codes for when it is lost.

use std::net::IpAddr;

use data_encoding::BASE32_NOPAD;
use ring::hmac;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::{Accounts, secret};
use crate::clock;
use crate::domain::command::{Actor, Command};
use crate::domain::id::UserId;
use crate::domain::outcome::Refusal;
use crate::domain::time::Timestamp;
use crate::domain::totp::{RECOVERY_CODES, Totp, TotpCommand, seed_name, step_of};
use crate::service::error::ServiceError;
use crate::service::{Change, Principal};
use crate::store::{Reader, StoreError, read};

/// RFC 4226 asks for at least 16 bytes and recommends 20.
const SEED_BYTES: usize = 20;
/// A one-time code's length in bytes: too long to guess, so it needs no slow hash.
const RECOVERY_BYTES: usize = 10;
const GROUP: usize = 4;
/// Nothing longer is a code of either sort, in bytes.
const LONGEST_CODE: usize = 64;

/// A fresh seed, to be put into an app.
#[derive(Debug)]
pub struct Enrolment {
    /// The seed as people type it.
    pub secret: String,
    /// The same as apps read it from a picture.
    pub uri: String,
}

/// Whether codes are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TotpState {
    /// Since when; none when they are not.
    pub since: Option<Timestamp>,
    /// How many one-time codes are left.
    pub recovery_left: usize,
}

/// A person's confirmed app, opened.
pub(super) struct App {
    user: UserId,
    totp: Totp,
    seed: Zeroizing<Vec<u8>>,
}

/// What a right code is taken down as.
pub(super) enum Taken {
    Step(u64),
    Recovery([u8; 32]),
}

impl Accounts {
    /// Whether codes are asked for when the principal signs in.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn totp_state(&self, principal: &Principal) -> Result<TotpState, ServiceError> {
        let user = own(principal)?;
        let totp = self.door.read(move |reader| read::people::totp(reader, user)).await?;
        let totp = totp.filter(|totp| totp.confirmed.is_some());
        let since = totp.as_ref().and_then(|totp| totp.confirmed);
        Ok(TotpState { since, recovery_left: totp.map_or(0, |totp| totp.recovery.len()) })
    }

    /// A fresh seed for the principal's app; nothing is asked for before [`Accounts::confirm_totp`].
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn begin_totp(
        &self,
        principal: &Principal,
        now: Timestamp,
    ) -> Result<Enrolment, ServiceError> {
        let user = own(principal)?;
        let seed = Zeroizing::new(clock::random_bytes::<SEED_BYTES>());
        let sealed = self.office_key.seal(&seed_name(user), seed.as_slice());
        let command = Command::Totp(TotpCommand::Begin { user, seed: sealed });
        Change { now, actor: principal.actor(), command }.commit(&self.door).await?;
        let office = self.door.read(read::office).await?.and_then(|office| office.name);
        let issuer = part(office.as_ref().map_or("Timebook", |name| name.as_str()));
        let name = part(principal.user().map_or("", |user| user.name.as_str()));
        let secret = BASE32_NOPAD.encode(seed.as_slice());
        let uri = format!("otpauth://totp/{issuer}:{name}?secret={secret}&issuer={issuer}");
        Ok(Enrolment { secret, uri })
    }

    /// The app gave this code: from now on one is asked for. Gives the one-time codes, shown once.
    ///
    /// # Errors
    /// [`ServiceError::BadInput`] when the code is wrong; [`ServiceError::TooManyTries`].
    pub async fn confirm_totp(
        &self,
        principal: &Principal,
        code: &str,
        address: IpAddr,
        now: Timestamp,
    ) -> Result<Vec<String>, ServiceError> {
        let user = own(principal)?;
        let name = principal.user().map_or("", |user| user.name.as_str());
        self.limits().admit(name, address, now)?;
        let found = self.door.read(move |reader| sealed_app(reader, user)).await?;
        let (totp, seed) = found.ok_or(ServiceError::Refused(Refusal::NoTotp))?;
        let app = self.open_app(user, totp, &seed)?;
        let Some(Taken::Step(step)) = app.takes(code, now) else {
            self.refused(principal.user(), name, address, now).await?;
            return Err(wrong_code());
        };
        let (texts, recovery) = (0..RECOVERY_CODES).map(|_| recovery_code()).unzip();
        let command = Command::Totp(TotpCommand::Confirm { user, step, recovery });
        Change { now, actor: principal.actor(), command }.commit(&self.door).await?;
        Ok(texts)
    }

    /// No code is asked for any more: of oneself, or of the person of this name for whoever manages people.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn remove_totp(
        &self,
        principal: &Principal,
        name: Option<&str>,
        now: Timestamp,
    ) -> Result<(), ServiceError> {
        let user = match name {
            Some(name) => self.beneath(principal, name).await?.id,
            None => own(principal)?,
        };
        let command = Command::Totp(TotpCommand::Remove { user });
        Change { now, actor: principal.actor(), command }.commit(&self.door).await?;
        Ok(())
    }

    /// The person's app, when codes from it are asked for.
    pub(super) async fn app(&self, user: UserId) -> Result<Option<App>, ServiceError> {
        let found = self.door.read(move |reader| sealed_app(reader, user)).await?;
        let confirmed = found.filter(|(totp, _)| totp.confirmed.is_some());
        confirmed.map(|(totp, seed)| self.open_app(user, totp, &seed)).transpose()
    }

    /// Takes a right code down, so that it never counts again. Was it still good?
    pub(super) async fn take_code(
        &self,
        user: UserId,
        taken: Taken,
        now: Timestamp,
    ) -> Result<bool, ServiceError> {
        let command = Command::Totp(match taken {
            Taken::Step(step) => TotpCommand::Use { user, step },
            Taken::Recovery(hash) => TotpCommand::UseRecovery { user, hash },
        });
        match (Change { now, actor: Actor::User(user), command }).commit(&self.door).await {
            Err(ServiceError::Refused(Refusal::CodeUsed | Refusal::NoTotp)) => Ok(false),
            other => other.map(|_| true),
        }
    }

    fn open_app(
        &self,
        user: UserId,
        totp: Totp,
        seed: &crate::domain::secret::Secret,
    ) -> Result<App, ServiceError> {
        let seed = self.office_key.open(seed);
        let seed = seed.map_err(|error| ServiceError::Failed(format!("{error}.")))?;
        Ok(App { user, totp, seed: Zeroizing::new(seed) })
    }
}

impl App {
    pub(super) const fn user(&self) -> UserId {
        self.user
    }

    /// What `text` is, if it is a code that counts now.
    pub(super) fn takes(&self, text: &str, now: Timestamp) -> Option<Taken> {
        if text.len() > LONGEST_CODE {
            return None;
        }
        let plain: String =
            text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_uppercase();
        if plain.len() == 6 {
            let middle = step_of(now);
            let mut steps = [middle.saturating_sub(1), middle, middle + 1].into_iter();
            let fits = |step: &u64| {
                let right = code(&self.seed, *step);
                *step > self.totp.last_step && bool::from(right.as_bytes().ct_eq(plain.as_bytes()))
            };
            return steps.find(fits).map(Taken::Step);
        }
        let hash = secret::link_hash(&plain);
        let known = self.totp.recovery.iter().any(|known| bool::from(known.ct_eq(&hash)));
        known.then_some(Taken::Recovery(hash))
    }
}

/// The code of `seed` in this step (RFC 4226, section 5.3).
fn code(seed: &[u8], step: u64) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, seed);
    let tag = hmac::sign(&key, &step.to_be_bytes());
    let digest = tag.as_ref();
    let offset = usize::from(digest[digest.len() - 1] & 0x0f);
    let mut four = [0; 4];
    four.copy_from_slice(&digest[offset..offset + 4]);
    format!("{:06}", (u32::from_be_bytes(four) & 0x7fff_ffff) % 1_000_000)
}

/// What an app that was given `secret` shows at `now`.
#[cfg(test)]
pub(crate) fn code_at(secret: &str, now: Timestamp) -> String {
    code(&BASE32_NOPAD.decode(secret.as_bytes()).unwrap(), step_of(now))
}

fn recovery_code() -> (String, [u8; 32]) {
    let text = BASE32_NOPAD.encode(&clock::random_bytes::<RECOVERY_BYTES>());
    let groups: Vec<_> = text.as_bytes().chunks(GROUP).map(String::from_utf8_lossy).collect();
    (groups.join("-"), secret::link_hash(&text))
}

fn sealed_app(
    reader: &dyn Reader,
    user: UserId,
) -> Result<Option<(Totp, crate::domain::secret::Secret)>, StoreError> {
    let Some(totp) = read::people::totp(reader, user)? else { return Ok(None) };
    Ok(read::secret(reader, &seed_name(user))?.map(|seed| (totp, seed)))
}

fn own(principal: &Principal) -> Result<UserId, ServiceError> {
    principal.user().map(|user| user.id).ok_or_else(|| {
        ServiceError::bad_input(
            "no_session",
            "Only a person has an app for codes.",
            "Sign in, then try again.",
        )
    })
}

pub(super) fn wrong_code() -> ServiceError {
    ServiceError::bad_input(
        "wrong_code",
        "This code is wrong, or was used already.",
        "Check that the clock of the phone is right, then give the next code.",
    )
}

fn part(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let one = |byte| if plain(byte) { char::from(byte).into() } else { format!("%{byte:02X}") };
    text.bytes().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B, the last six of its eight digits.
    #[test]
    fn codes_are_those_of_the_standard() {
        let seed = b"12345678901234567890";
        for (seconds, expected) in [
            (59_u64, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(code(seed, seconds / 30), expected, "{seconds}");
        }
    }

    #[test]
    fn a_code_counts_a_step_early_or_late_and_never_twice() {
        let now = Timestamp::new(1_795_333_311_000).unwrap();
        let app = |last_step| App {
            user: UserId::from_bytes([1; 16]),
            totp: Totp { confirmed: Some(now), last_step, recovery: Vec::new() },
            seed: Zeroizing::new(vec![7; 20]),
        };
        let step = step_of(now);
        let taken = |last: u64, of: u64| match app(last).takes(&code(&[7; 20], of), now) {
            Some(Taken::Step(step)) => Some(step),
            _ => None,
        };
        for near in [step - 1, step, step + 1] {
            assert_eq!(taken(0, near), Some(near));
            assert_eq!(taken(near, near), None, "it was used");
        }
        for far in [step - 2, step + 2] {
            assert_eq!(taken(0, far), None);
        }
        assert!(app(0).takes("", now).is_none() && app(0).takes(&"1".repeat(65), now).is_none());
        let spaced = code(&[7; 20], step);
        let spaced = format!("{} {}", &spaced[..3], &spaced[3..]);
        assert!(app(0).takes(&spaced, now).is_some());
    }

    #[test]
    fn a_recovery_code_is_taken_however_it_is_typed() {
        let (text, hash) = recovery_code();
        let totp = Totp { confirmed: None, last_step: 0, recovery: vec![[1; 32], hash] };
        let (user, seed) = (UserId::from_bytes([1; 16]), Zeroizing::new(vec![7; 20]));
        let app = App { user, totp, seed };
        let now = Timestamp::new(1_795_333_311_000).unwrap();
        for typed in [text.clone(), text.to_lowercase(), text.replace('-', " ")] {
            assert!(matches!(app.takes(&typed, now), Some(Taken::Recovery(h)) if h == hash));
        }
        assert!(app.takes(&text[1..], now).is_none());
        assert_eq!(text.len(), 19);
    }
}
