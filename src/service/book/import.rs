//! Time brought in from other products: looked at first, then all of it or nothing, and out again as a whole.
//!
//! An import adds record by record, each under the rules of any other edit. What breaks off is taken out: by whoever runs it, or in the
//! background after a crash.

mod mapped;
mod plan;
mod standing;
mod taken;
mod words;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub use plan::{AcceptedRow, ImportPlan, Person};
use taken::TakenOut;

use crate::clock;
use crate::consensus::Door;
use crate::domain::command::{Actor, Command};
use crate::domain::id::{ImportId, RecordId};
use crate::domain::import::{
    Import, ImportCommand, ImportEdit, ImportState, MOST_IMPORTS, MOST_IMPORTS_EACH, Source,
};
use crate::domain::job::JobKind;
use crate::domain::outcome::{Noun, Outcome, Refusal};
use crate::domain::right::Right;
use crate::domain::time::Timestamp;
use crate::service::error::ServiceError;
use crate::service::job::{Finished, JobView, Jobs, Work};
use crate::service::{Change, Principal};
use crate::store::read;
use crate::wire::import::{self as file, BadFile, DateOrder};

/// Records that are looked up together while an import is taken out.
const PAGE: usize = 200;

/// A file somebody wants to bring in.
#[derive(Clone, Debug)]
pub struct ImportRequest {
    /// Where it comes from.
    pub source: Source,
    /// The file.
    pub bytes: Vec<u8>,
    /// Where its clock stood, an IANA name; each person's own zone when nothing is said.
    pub zone: Option<String>,
    /// How dates with slashes are meant.
    pub dates: Option<DateOrder>,
    /// Whose everything is, by sign-in name; as the file says when nothing is said.
    pub person: Option<String>,
    /// Who people of the file are here: lines of what it calls them, `=`, and the sign-in name.
    pub people: String,
}

/// Imports of one office. Cheap to clone.
#[derive(Clone)]
pub struct Imports {
    door: Door,
    /// Those that run in this process.
    running: Arc<Mutex<BTreeSet<ImportId>>>,
}

impl Imports {
    /// Imports behind `door`.
    pub fn new(door: Door) -> Self {
        Self { door, running: Arc::default() }
    }

    /// What would happen.
    ///
    /// # Errors
    /// [`ServiceError`]: the file cannot be read at all.
    pub async fn preview(
        &self,
        principal: &Principal,
        request: ImportRequest,
        now: Timestamp,
    ) -> Result<ImportPlan, ServiceError> {
        let (source, dates) = (request.source, request.dates);
        let bytes = request.bytes;
        let reading = tokio::task::spawn_blocking(move || file::read(source, &bytes, dates));
        let broken = |_| ServiceError::Failed("Reading the file broke off.".to_owned());
        let read = reading.await.map_err(broken)?.map_err(bad_file)?;
        let wish =
            plan::Wish::new(principal, source, request.zone, request.person, &request.people)?;
        self.door.read(move |reader| plan::plan(reader, &wish, read, now)).await?
    }

    /// Begins to bring the file in; nothing of it when any row cannot be taken.
    ///
    /// # Errors
    /// [`ServiceError`]; nothing began.
    pub async fn begin(
        &self,
        jobs: &Jobs,
        principal: &Principal,
        request: ImportRequest,
        now: fn() -> Timestamp,
    ) -> Result<JobView, ServiceError> {
        let source = request.source;
        let plan = self.preview(principal, request, now()).await?;
        if let Some(fault) = plan.faults.first() {
            let (bad, all) = (plan.faults.len(), plan.rows());
            let sentence = format!(
                "{bad} of {all} rows cannot be taken, the first on line {}: {} Nothing was brought in.",
                fault.line, fault.why
            );
            return Err(ServiceError::bad_input(
                "import_refused",
                sentence,
                "Look at all of them with a dry run, mend the file, and send it again.",
            ));
        }
        let about = words::entries_of(source.name(), plan.edits.len() as u64);
        let adding = Adding {
            imports: self.clone(),
            id: ImportId(clock::ascending_id()),
            source,
            principal: principal.clone(),
            now,
        };
        jobs.start(principal, JobKind::Import, &about, |work| adding.run(plan, work)).await
    }

    /// Imports, the newest first: one's own, or everybody's for whoever manages the book.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn list(&self, principal: &Principal) -> Result<Vec<Import>, ServiceError> {
        let mut all = self.door.read(read::import::all).await?;
        all.retain(|import| is_theirs(principal, import));
        all.reverse();
        Ok(all)
    }

    /// Begins to take an import out again; what somebody changed since stays, and is named. Somebody else's only for whoever
    /// `is_proven`: has just shown who they are.
    ///
    /// # Errors
    /// [`Refusal::UnknownImport`], also for one that is not the asker's to take out; [`ServiceError::StepUpRequired`].
    pub async fn undo(
        &self,
        jobs: &Jobs,
        principal: &Principal,
        id: ImportId,
        is_proven: bool,
        now: fn() -> Timestamp,
    ) -> Result<JobView, ServiceError> {
        let import = self.door.read(move |reader| read::import::of(reader, id)).await?;
        let known = import
            .filter(|import| is_theirs(principal, import) && import.state != ImportState::Running);
        let import = known.ok_or(ServiceError::Refused(Refusal::UnknownImport))?;
        if import.by != principal.actor() && !is_proven {
            return Err(ServiceError::StepUpRequired);
        }
        let about = words::entries_of(import.source.name(), import.entries);
        let (imports, asker) = (self.clone(), principal.clone());
        let work = |work: Work| async move {
            let (actor, watched) = (asker.actor(), Some((&asker, &work)));
            let out = imports.take_out(id, &actor, now, watched).await?;
            let sentence = words::are_gone(out.gone) + &out.what_stays();
            Ok(Finished { sentence, file_name: None })
        };
        jobs.start(principal, JobKind::ImportUndo, &about, work).await
    }

    /// Takes out what imports that broke off left behind, and says which; nothing when there were none. What cannot go stays with the
    /// import, for whoever takes it out again.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn clear(&self, now: fn() -> Timestamp) -> Result<String, ServiceError> {
        let mut said = Vec::new();
        for import in self.door.read(read::import::all).await? {
            if import.state == ImportState::Running && !self.running().contains(&import.id) {
                let id = import.id;
                let out = self.take_out(id, &Actor::System, now, None).await?;
                said.push(format!(
                    "The import {id} had broken off: {}{}{}",
                    words::are_gone(out.gone),
                    out.how_to_go_on(id),
                    out.what_stays()
                ));
            }
        }
        Ok(said.join(" "))
    }

    /// Forgets the oldest import when there are too many, of this asker's own or in all: what it added stays. One that left nothing to
    /// take out goes first.
    async fn make_room(&self, by: &Actor, now: Timestamp) -> Result<(), ServiceError> {
        let all = self.door.read(read::import::all).await?;
        let own = all.iter().filter(|import| import.by == *by).count();
        let is_theirs = |import: &&Import| own < MOST_IMPORTS_EACH || import.by == *by;
        if own < MOST_IMPORTS_EACH && all.len() < MOST_IMPORTS {
            return Ok(());
        }
        let over = all.iter().filter(|import| import.state != ImportState::Running);
        // Of those that are as good, the first, which is the oldest.
        let oldest =
            over.filter(is_theirs).min_by_key(|import| import.state != ImportState::Undone);
        let Some(oldest) = oldest.map(|import| import.id) else { return Ok(()) };
        let forget = ImportCommand::Forget { import: oldest };
        while self.commit(by, forget.clone(), now).await? == (Outcome::Erased { more: true }) {}
        Ok(())
    }

    /// Takes out what can go. `watched` is who asks for it, and where they are told how far it is; what breaks off is taken out for
    /// nobody.
    async fn take_out(
        &self,
        import: ImportId,
        actor: &Actor,
        now: fn() -> Timestamp,
        watched: Option<(&Principal, &Work)>,
    ) -> Result<TakenOut, ServiceError> {
        let (mut out, mut before) = (TakenOut::default(), None);
        loop {
            let found = self.door.read(move |r| read::import::records(r, import, before, PAGE));
            let records: Vec<(Noun, RecordId)> = found.await?;
            let Some(last) = records.last().copied() else { break };
            for (noun, record) in records {
                if let Some((asker, _)) = watched
                    && !standing::may_change(&self.door, asker, noun, record).await?
                {
                    out.kept += 1;
                    continue;
                }
                let command = ImportCommand::TakeBack { import, noun, record };
                match self.commit(actor, command, now()).await {
                    Ok(_) => out.gone += 1,
                    Err(ServiceError::Refused(why)) => out.stays(why, noun, record),
                    Err(error) => return Err(error),
                }
            }
            before = Some(last);
            if let Some((_, work)) = watched {
                work.at("taking out", out.gone, 0);
            }
        }
        self.commit(actor, ImportCommand::Undone { import }, now()).await?;
        Ok(out)
    }

    async fn commit(
        &self,
        actor: &Actor,
        command: ImportCommand,
        now: Timestamp,
    ) -> Result<Outcome, ServiceError> {
        let command = Command::Import(command);
        Change { now, actor: actor.clone(), command }.commit(&self.door).await
    }

    fn running(&self) -> MutexGuard<'_, BTreeSet<ImportId>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One import under way.
struct Adding {
    imports: Imports,
    id: ImportId,
    source: Source,
    principal: Principal,
    now: fn() -> Timestamp,
}

impl Adding {
    async fn run(self, plan: ImportPlan, work: Work) -> Result<Finished, ServiceError> {
        if plan.catalog.is_empty() && plan.edits.is_empty() {
            let sentence = words::came_in(0, plan.there);
            return Ok(Finished { sentence, file_name: None });
        }
        self.imports.running().insert(self.id);
        self.imports.make_room(&self.principal.actor(), (self.now)()).await?;
        let import = Import {
            id: self.id,
            source: self.source,
            by: self.principal.actor(),
            begun: (self.now)(),
            state: ImportState::Running,
            entries: 0,
            catalog: 0,
        };
        self.commit(ImportCommand::Begin(import)).await?;
        let total = (plan.catalog.len() + plan.edits.len()) as u64;
        let catalog = plan.catalog.into_iter().map(|edit| (None, edit));
        let entries =
            plan.edits.into_iter().map(|(line, edit)| (Some(line), ImportEdit::Entry(edit)));
        for (added, (line, edit)) in (0..).zip(catalog.chain(entries)) {
            work.at("adding", added, total);
            if let Err(error) = self.add(edit).await {
                let actor = self.principal.actor();
                let out = self.imports.take_out(self.id, &actor, self.now, None).await?;
                let place = line.map_or_else(String::new, |line| format!(" on line {line}"));
                let why = format!("Something changed meanwhile{place}: {}", error.sentence());
                let end = match out.is_whole() {
                    true => " Nothing was brought in.".to_owned(),
                    false => out.how_to_go_on(self.id) + &out.what_stays(),
                };
                return Err(ServiceError::bad_input(
                    "import_refused",
                    why + &end,
                    "Look at it anew.",
                ));
            }
        }
        self.commit(ImportCommand::End { import: self.id }).await?;
        let (new, there) = (plan.new, plan.there);
        Ok(Finished {
            sentence: format!(
                "{} To undo this: timebook import undo {}",
                words::came_in(new, there),
                self.id
            ),
            file_name: None,
        })
    }

    /// Adds one record, if whoever began this still may.
    async fn add(&self, edit: ImportEdit) -> Result<Outcome, ServiceError> {
        standing::must_add(&self.imports.door, &self.principal, &edit).await?;
        self.commit(ImportCommand::Add { import: self.id, edit }).await
    }

    async fn commit(&self, command: ImportCommand) -> Result<Outcome, ServiceError> {
        self.imports.commit(&self.principal.actor(), command, (self.now)()).await
    }
}

impl Drop for Adding {
    fn drop(&mut self) {
        self.imports.running().remove(&self.id);
    }
}

fn is_theirs(principal: &Principal, import: &Import) -> bool {
    let changes_everybodys = principal.may(Right::ManageBook) && principal.may(Right::ApproveTime);
    principal.actor() == import.by || changes_everybodys
}

fn bad_file(bad: BadFile) -> ServiceError {
    let (sentence, next) = (bad.to_string(), bad.next_step());
    ServiceError::bad_input("bad_file", sentence, next)
}
