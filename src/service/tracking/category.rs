//! Categories: whose hold for whom, and the tree ready to sort by.

use std::collections::HashMap;
use std::sync::Arc;

use super::Tracking;
use crate::domain::category::{Categories, CategoryCommand, Tree, Trees};
use crate::domain::command::Command;
use crate::domain::id::{DeviceId, UserId};
use crate::domain::outcome::Refusal;
use crate::domain::right::Right;
use crate::domain::text::CanonicalJson;
use crate::domain::time::Timestamp;
use crate::domain::told::{GuardedChange, Told};
use crate::service::error::ServiceError;
use crate::service::{Change, Principal};
use crate::store::{Reader, StoreError, read};
use crate::wire::v1::{BadCategory, Category, default_categories, kept_categories, tree};

/// Categories that hold, and the version of what was asked for.
#[derive(Clone, Debug)]
pub struct KnownCategories {
    /// Whose they are.
    pub of: TreeOf,
    /// Of the last change of one's own, or of the office's; 0 where nobody made any.
    pub version: u64,
    /// The categories.
    pub categories: Vec<Category>,
}

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
    ) -> Result<KnownCategories, ServiceError> {
        let person = principal.user().map(|user| user.id).filter(|_| !of_office);
        let found = self.door.read(move |reader| {
            let version = read::told::version(reader, &Told::Category { owner: person })?;
            Ok((kept(reader, person)?, version))
        });
        let (found, version) = found.await?;
        known(found, version)
    }

    /// The categories that hold for the person of a computer.
    ///
    /// # Errors
    /// [`Refusal::UnknownDevice`].
    pub async fn categories_at(&self, device: DeviceId) -> Result<KnownCategories, ServiceError> {
        let found = self.door.read(move |reader| {
            let Some(device) = read::device(reader, device)? else { return Ok(None) };
            let owner = Some(device.person);
            let version = read::told::version(reader, &Told::Category { owner })?;
            Ok(Some((kept(reader, owner)?, version)))
        });
        let (found, version) = found.await?.ok_or(ServiceError::Refused(Refusal::UnknownDevice))?;
        known(found, version)
    }

    /// Sets one's own categories, or the office's, if they are of the version looked at; without any, back to what holds then.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn set_categories(
        &self,
        principal: &Principal,
        (of_office, expect): (bool, Option<u64>),
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
                // Its size first: what is too large to keep is not worth reading.
                let json = serde_json::to_string(&categories).map_err(unwritten)?;
                let text = CanonicalJson::new(json)?;
                let read = self.compile(move || tree(&categories).map(drop)).await?;
                read.map_err(|bad| bad_category(&bad))?;
                CategoryCommand::Set { owner, tree: text }
            }
            None => CategoryCommand::Reset { owner },
        };
        let told = Told::Category { owner };
        let command = Command::of_version(told, expect, GuardedChange::Category(command));
        let actor = principal.actor();
        Change { now, actor, command }.commit(&self.door).await.map(|_| ())
    }

    /// The tree by which this person's activity is sorted.
    pub(super) async fn tree_of(&self, person: UserId) -> Result<Arc<Tree>, ServiceError> {
        let found = self.door.read(move |reader| kept(reader, Some(person))).await?;
        self.compiled_tree(found.map(|(_, kept)| kept.tree)).await
    }

    /// The tree by which others see this person's time sorted. Where they see categories only, the office's rules never reach back: else
    /// whoever sets them could name every application of the past. What was before they were changed is sorted by the program's own.
    pub(super) async fn trees_for_others(&self, person: UserId) -> Result<Trees, ServiceError> {
        let found = self.door.read(move |reader| kept(reader, Some(person))).await?;
        let since = match &found {
            Some((TreeOf::Office, kept)) => kept.changed,
            _ => Timestamp::EARLIEST,
        };
        let now = self.compiled_tree(found.map(|(_, kept)| kept.tree)).await?;
        Ok(Trees { now, since, before: self.compiled_tree(None).await? })
    }

    /// The same for many people: each tree once, and which of them is whose.
    pub(super) async fn trees_of_many(
        &self,
        people: Vec<UserId>,
    ) -> Result<(Vec<Trees>, Vec<TreesOf>), ServiceError> {
        let found = self.door.read(move |reader| {
            let own = people.into_iter().map(|person| read::category::own(reader, person));
            Ok((read::category::office(reader)?, own.collect::<Result<Vec<_>, _>>()?))
        });
        let (office, own) = found.await?;
        let (mut trees, mut of) = (Vec::new(), Vec::new());
        let mut known: HashMap<Option<String>, TreesOf> = HashMap::new();
        for own in own {
            let text = own.map(|own| own.tree);
            let key = text.as_ref().map(|text| text.as_str().to_owned());
            if let Some(place) = known.get(&key) {
                of.push(*place);
                continue;
            }
            let place = TreesOf(trees.len());
            let (text, since) = match (text, &office) {
                (None, Some(office)) => (Some(office.tree.clone()), office.changed),
                (text, _) => (text, Timestamp::EARLIEST),
            };
            let now = self.compiled_tree(text).await?;
            trees.push(Trees { now, since, before: self.compiled_tree(None).await? });
            known.insert(key, place);
            of.push(place);
        }
        Ok((trees, of))
    }

    async fn compiled_tree(&self, text: Option<CanonicalJson>) -> Result<Arc<Tree>, ServiceError> {
        if let Some(tree) = self.compiling.known(text.as_ref()) {
            return Ok(tree);
        }
        let categories = match &text {
            Some(text) => parsed(text)?,
            None => default_categories(),
        };
        let made = self.compile(move || tree(&categories)).await?;
        let made = Arc::new(made.map_err(|bad| bad_category(&bad))?);
        self.compiling.keep(text, &made);
        Ok(made)
    }
}

/// The place of somebody's trees among those of many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct TreesOf(pub(super) usize);

fn known(
    found: Option<(TreeOf, Categories)>,
    version: u64,
) -> Result<KnownCategories, ServiceError> {
    let (of, categories) = match found {
        Some((of, kept)) => (of, parsed(&kept.tree)?),
        None => (TreeOf::Default, default_categories()),
    };
    Ok(KnownCategories { of, version, categories })
}

fn kept(
    reader: &dyn Reader,
    person: Option<UserId>,
) -> Result<Option<(TreeOf, Categories)>, StoreError> {
    if let Some(person) = person
        && let Some(own) = read::category::own(reader, person)?
    {
        return Ok(Some((TreeOf::Own, own)));
    }
    Ok(read::category::office(reader)?.map(|office| (TreeOf::Office, office)))
}

fn parsed(text: &CanonicalJson) -> Result<Vec<Category>, ServiceError> {
    kept_categories(text)
        .map_err(|error| ServiceError::Failed(format!("Kept categories do not read: {error}.")))
}

fn unwritten(error: serde_json::Error) -> ServiceError {
    ServiceError::Failed(format!("Categories could not be written: {error}."))
}

fn bad_category(bad: &BadCategory) -> ServiceError {
    ServiceError::bad_input("bad_category", bad.to_string(), "Change it, or leave it out.")
}
