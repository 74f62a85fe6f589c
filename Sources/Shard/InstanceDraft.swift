internal import Streaming

/// An instance before it is written: a stretch of the runs that its partition's cutters have gathered.
struct InstanceDraft: Sendable {
    var firstRun: UInt32
    var runs: UInt16
    var isRandomNext: Bool
}

/// The instances of one length and split of a partition, before they are written.
///
/// Memory: 8 bytes for each instance and 24 for each run.
struct DraftList: Sendable {
    private(set) var drafts: [InstanceDraft] = []
    private(set) var runs: [RunBytes] = []

    /// Adds an instance of the runs gathered by `body`; none when it gathers none.
    mutating func append(_ gathered: some Collection<RunBytes>, isRandomNext: Bool = false) {
        guard !gathered.isEmpty else { return }
        drafts.append(
            InstanceDraft(
                firstRun: UInt32(runs.count), runs: UInt16(gathered.count), isRandomNext: isRandomNext))
        runs += gathered
    }

    /// Puts the instances in another order.
    mutating func shuffle(_ draws: inout Philox) { draws.shuffle(&drafts) }

    /// The runs of an instance.
    func runs(of draft: InstanceDraft) -> ArraySlice<RunBytes> {
        runs[Int(draft.firstRun)..<Int(draft.firstRun) + Int(draft.runs)]
    }
}
