//! Categories: whose hold for whom, and the tree ready to sort by.

use super::Tracking;
use crate::domain::category::{CategoryCommand, Tree};
use crate::domain::command::Command;
use crate::domain::id::UserId;
use crate::domain::right::Right;
use crate::domain::text::CanonicalJson;
use crate::domain::time::Timestamp;
use crate::service::error::ServiceError;
use crate::service::{Change, Principal};
use crate::store::{Reader, StoreError, read};
use crate::wire::v1::{BadCategory, Category, default_categories, tree};

/// Whose tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TreeOf {
    /// The person's own.
    Own,
    /// The office's.
    Office,
    /// The one the program comes with.
    Default,
}

impl TreeOf {
    /// Its name in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Office => "office",
            Self::Default => "default",
        }
    }
}

impl Tracking {
    /// The categories that hold for the asker: their own, else the office's, else those everybody begins with. With `of_office`, the
    /// office's.
    ///
    /// # Errors
    /// [`ServiceError`], as every method here.
    pub async fn categories(
        &self,
        principal: &Principal,
        of_office: bool,
    ) -> Result<(TreeOf, Vec<Category>), ServiceError> {
        let person = principal.user().map(|user| user.id).filter(|_| !of_office);
        let found = self.door.read(move |reader| kept(reader, person)).await?;
        match found {
            Some((of, text)) => Ok((of, parsed(&text)?)),
            None => Ok((TreeOf::Default, default_categories())),
        }
    }

    /// Sets one's own categories, or the office's; without any, back to what holds then.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn set_categories(
        &self,
        principal: &Principal,
        of_office: bool,
        categories: Option<Vec<Category>>,
        now: Timestamp,
    ) -> Result<(), ServiceError> {
        let owner = match (of_office, principal.user()) {
            (true, _) => {
                principal.must_have(Right::ManageServer)?;
                None
            }
            (false, Some(user)) => Some(user.id),
            (false, None) => {
                return Err(ServiceError::bad_input(
                    "no_person",
                    "Own categories belong to a person, and the terminal is none.",
                    "Change the office's categories, or sign in.",
                ));
            }
        };
        let command = match categories {
            Some(categories) => {
                tree(&categories).map_err(|bad| bad_category(&bad))?;
                let json = serde_json::to_string(&categories).map_err(unwritten)?;
                CategoryCommand::Set { owner, tree: CanonicalJson::new(json)? }
            }
            None => CategoryCommand::Reset { owner },
        };
        let (actor, command) = (principal.actor(), Command::Category(command));
        Change { now, actor, command }.commit(&self.door).await.map(|_| ())
    }

    /// The tree by which this person's activity is sorted.
    pub(super) async fn tree_of(&self, person: UserId) -> Result<Tree, ServiceError> {
        let found = self.door.read(move |reader| kept(reader, Some(person))).await?;
        let categories = match found {
            Some((_, text)) => parsed(&text)?,
            None => default_categories(),
        };
        tree(&categories).map_err(|bad| bad_category(&bad))
    }
}

fn kept(
    reader: &dyn Reader,
    person: Option<UserId>,
) -> Result<Option<(TreeOf, CanonicalJson)>, StoreError> {
    if let Some(person) = person
        && let Some(own) = read::category::own(reader, person)?
    {
        return Ok(Some((TreeOf::Own, own.tree)));
    }
    Ok(read::category::office(reader)?.map(|office| (TreeOf::Office, office.tree)))
}

fn parsed(text: &CanonicalJson) -> Result<Vec<Category>, ServiceError> {
    serde_json::from_str(text.as_str())
        .map_err(|error| ServiceError::Failed(format!("Kept categories do not read: {error}.")))
}

fn unwritten(error: serde_json::Error) -> ServiceError {
    ServiceError::Failed(format!("Categories could not be written: {error}."))
}

fn bad_category(bad: &BadCategory) -> ServiceError {
    ServiceError::bad_input("bad_category", bad.to_string(), "Change it, or leave it out.")
}
