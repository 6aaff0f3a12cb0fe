//! `timebook recover`: a lost `office.key`, brought back with the recovery code. The server must be stopped, as it is without its key.

use std::path::Path;

use super::assemble::open_door;
use super::config::Config;
use super::exit::Failure;
use super::instance_lock::InstanceLock;
use super::print;
use super::secret_file::first_line;
use crate::service::control::founding;
use crate::service::secrets::RecoveryCode;

pub(crate) async fn run(config: &Config, code_file: &Path) -> Result<(), Failure> {
    let code = first_line(code_file, "recovery code")?;
    let code = RecoveryCode::from_text(&code).map_err(Failure::failed)?;
    super::call::must_hold_an_office(config)?;
    let _lock = InstanceLock::take(&config.data)?;
    let door = open_door(config).await.map_err(Failure::failed)?;
    let recovered = founding::recover(&door, &config.data, &code).await;
    door.close().await.map_err(Failure::failed)?;
    let path = recovered.map_err(Failure::failed)?;
    let path = path.display().to_string();
    if config.json {
        print::json(&serde_json::json!({ "office_key": path }));
    } else {
        print::line(&format!("{path} is back. Start the server again with: timebook serve"));
    }
    Ok(())
}
