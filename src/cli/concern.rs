//! What is to be seen to, as sentences with a next step: for `timebook status` and the Server Manager.

use serde_json::Value;

use super::{print, status};

/// The sentence of one that `/api/v1/server/concerns` lists; nothing where it is of a kind that this program does not know.
pub(super) fn sentence(concern: &Value) -> Option<String> {
    let at = concern["at"].as_str().map(print::when).unwrap_or_default();
    let name = concern["name"].as_str().unwrap_or_default();
    let span = span(concern["ms"].as_i64().unwrap_or_default());
    let sentence = match concern["kind"].as_str()? {
        "backup_overdue" => {
            format!("A backup is missing since {at}. Make one with: timebook backup create")
        }
        "backup_failed" => format!("The last backup or copy failed: {name}"),
        "disk_full" => format!(
            "The disk is nearly full: {} are left. Make room, or move the data to a larger disk.",
            status::bytes(concern["bytes"].as_u64().unwrap_or_default())
        ),
        "network_folder" => format!(
            "The data lies on a network drive ({name}), where a break of the network can damage it. Move it to a disk of this computer."
        ),
        "synced_folder" => format!(
            "The data lies in a folder that {name} copies while the server writes, which can damage it. Move it elsewhere, and let backups go there (backup.folder)."
        ),
        "removable_drive" => {
            "The data lies on a drive that can be taken out. Move it to a disk that stays."
                .to_owned()
        }
        "slept" => format!(
            "This computer slept for {span} until {at}, and nobody was served. Switch its sleep off."
        ),
        "clock_set" => format!(
            "The clock of this computer jumped by {span} at {at}. Let the system set it by the network, and look whether times are right."
        ),
        "clock_behind" => format!(
            "The clock of this computer is behind: something was recorded at {at}. Set it right; until then times are wrong."
        ),
        "certificate" => format!(
            "The certificate of the HTTPS door ends at {at}. Put a new one in the place of its file; the server reads it by itself."
        ),
        _ => return None,
    };
    Some(sentence)
}

fn span(ms: i64) -> String {
    let minutes = ms.unsigned_abs().div_ceil(60_000);
    let back = if ms < 0 { " back" } else { "" };
    match minutes {
        0..120 => format!("{minutes} min{back}"),
        120..2_880 => format!("{} h{back}", minutes / 60),
        _ => format!("{} days{back}", minutes / 1_440),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_kind_has_a_sentence_with_a_next_step() {
        for kind in [
            "backup_overdue",
            "backup_failed",
            "disk_full",
            "network_folder",
            "synced_folder",
            "removable_drive",
            "slept",
            "clock_set",
            "clock_behind",
            "certificate",
        ] {
            let told = json!({ "kind": kind, "at": "2026-11-23T10:00:00Z", "ms": -90_000, "bytes": 7, "name": "Why." });
            let told = sentence(&told).unwrap();
            assert!(told.ends_with(['.', 'e']), "{told}");
        }
        assert_eq!(sentence(&json!({ "kind": "of tomorrow" })), None);
        assert_eq!(
            [span(-90_000), span(7_200_000), span(5 * 86_400_000)],
            ["2 min back", "2 h", "5 days"]
        );
    }
}
