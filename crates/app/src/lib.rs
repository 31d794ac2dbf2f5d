//! The use cases: everything a screen or the command line can ask for, one `Command` each.
pub mod contract;

#[cfg(test)]
mod tests {
    use crate::contract::typescript::{file, signature};
    use crate::contract::*;
    #[test]
    fn generate() {
        let c = vec![
            signature::<NoInput, AppState>("app.state"),
            signature::<NoInput, ListsView>("app.lists"),
            signature::<Settings, Settings>("settings.write"),
            signature::<NoInput, EnrolView>("enrol.state"),
            signature::<EnrolLookupInput, Done>("enrol.lookup"),
            signature::<EnrolConfirmInput, Done>("enrol.confirm"),
            signature::<NoInput, Done>("enrol.reset"),
            signature::<NoInput, Done>("sample.start"),
            signature::<NoInput, Done>("sample.discard"),
            signature::<NoInput, TodayView>("today.read"),
            signature::<BeginInput, BeginView>("session.begin"),
            signature::<CheckInput, CheckView>("session.check"),
            signature::<SaveInput, SaveView>("session.save"),
            signature::<ListInput, ListView>("session.list"),
            signature::<IdInput, SessionView>("session.read"),
            signature::<VoidInput, CountView>("session.void"),
            signature::<VoidInput, CountView>("session.restore"),
            signature::<DraftInput, SavedAt>("draft.save"),
            signature::<IdInput, Done>("draft.discard"),
            signature::<NoInput, SyncStatus>("sync.status"),
            signature::<NoInput, Done>("sync.now"),
            signature::<SyncListInput, SyncListView>("sync.list"),
            signature::<LogInput, LogView>("sync.log"),
            signature::<NoInput, ReceiptView>("sync.receipt"),
        ];
        std::fs::create_dir_all("../../ui/src/lib/generated").unwrap();
        std::fs::write("../../ui/src/lib/generated/contract.ts", file(&c)).unwrap();
    }
}
