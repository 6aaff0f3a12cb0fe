//! Settings that a foreign client stores for itself (ActivityWatch `/settings`), one namespace a device.

use super::id::DeviceId;
use super::text::{CanonicalJson, SettingKey};

/// A change to a device's settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SettingCommand {
    /// Keep this value.
    Put {
        /// Whose.
        device: DeviceId,
        /// Which.
        key: SettingKey,
        /// Any JSON.
        value: CanonicalJson,
    },
    /// Forget it.
    Delete {
        /// Whose.
        device: DeviceId,
        /// Which.
        key: SettingKey,
    },
}
