import ContentDigests
import Interchange

extension Walk {
  /// What was done in the last attempt and what is there now, read from the journal.
  public func report(dryRun: Bool) -> Report {
    let plan = manifest.manifest
    let steps = reportedSteps
    let kept = plan.snapshots.compactMap { snapshot -> Report.Kept? in
      guard let end = lastEnd("restore/\(snapshot.id)"), let path = end.fact("kept")?.string else { return nil }
      return Report.Kept(node: snapshot.node, path: path, deletion: end.fact("deletion")?.string ?? "")
    }
    return Report(
      manifest: manifest.id, state: history.closed ?? (history.attempt == 0 ? .notStarted : .unfinished), detail: lastDetail,
      attempt: UInt64(history.attempt), dryRun: dryRun,
      command: history.command, steps: steps, snapshots: presentSnapshots, groups: groups, hold: plan.hold.map(hold), kept: kept)
  }

  private func hold(_ hold: Manifest.Hold) -> Report.Hold {
    Report.Hold(endpoint: "\(hold.node):\(hold.proto):\(hold.port)", outcome: "not carried out: no surrogate")
  }

  func lastEnd(_ step: String) -> JournalRecord? { history.records.last { $0.kind == .end && $0.subject == step } }

  /// Why the walk is where it is: the problems of its end, else the reason of its last turn.
  private var lastDetail: String {
    history.records.last { ($0.kind == .closed || $0.kind == .turn) && !$0.detail.isEmpty }?.detail ?? ""
  }

  private var reportedSteps: [Report.Step] {
    var steps: [Report.Step] = []
    for record in history.records {
      switch record.kind {
      case .begin:
        steps.append(
          Report.Step(step: record.subject, outcome: .cutOff, began: record.time, durationNanoseconds: nil, detail: "its end is not known"))
      case .end:
        guard let place = steps.lastIndex(where: { $0.step == record.subject && $0.outcome == .cutOff }) else { continue }
        steps[place].outcome = record.succeeded == true ? .succeeded : .failed
        steps[place].durationNanoseconds = UInt64(max(0, record.time.nanoseconds - steps[place].began.nanoseconds))
        steps[place].detail = record.detail
        steps[place].output = record.fact("output")?.string
      case .opened, .turn, .closed: continue
      }
    }
    return steps
  }

  /// Snapshots that were taken and not deleted.
  private var presentSnapshots: [Report.Snapshot] {
    manifest.manifest.snapshots.compactMap { snapshot in
      guard history.outcome("snapshot/\(snapshot.id)") == true, history.outcome("delete/\(snapshot.id)") != true else { return nil }
      guard let began = history.records.last(where: { $0.kind == .begin && $0.subject == "snapshot/\(snapshot.id)" }) else { return nil }
      let place = drivers[snapshot.driver]?.place(of: name(snapshot))
      return Report.Snapshot(
        id: snapshot.id, group: snapshot.group, node: snapshot.node, driver: snapshot.driver, volume: snapshot.volume,
        path: place?.path ?? "",
        taken: began.time, asked: "crash_consistent", achieved: "crash_consistent", deletion: place?.deletion ?? "")
    }
  }

  /// How far the snapshots of each group are apart: from the beginning of the first to the end of the last.
  private var groups: [Report.Group] {
    let snapshots = manifest.manifest.snapshots
    return Set(snapshots.map(\.group)).sorted().compactMap { group in
      let names = Set(snapshots.filter { $0.group == group }.map { "snapshot/\($0.id)" })
      let records = history.records.filter { names.contains($0.subject) }
      guard let first = records.map(\.time).min(), let last = records.filter({ $0.succeeded == true }).map(\.time).max() else { return nil }
      return Report.Group(group: group, skewNanoseconds: UInt64(max(0, last.nanoseconds - first.nanoseconds)))
    }
  }
}
