import Interchange

/// What was noticed on the way that the data could not show.
struct CoverageNotes {
  var incompleteStreams: Set<String> = []
  /// Records between addresses that are no machine's.
  var groupRecords: UInt64 = 0
  var groupBytes: UInt64 = 0
  /// Records that had to be divided between two owners of an address.
  var divided: Set<String> = []
  /// Ids of machines the inventory does not know; nil without an inventory.
  var identities: Set<String>?
  /// Machines of the inventory that were not seen.
  var unseen: [String] = []
  /// Of one kind so many are listed one by one, those with the most bytes; the others are counted.
  private static let listedMax = 20

  private typealias Gap = TopologyMetadata.Gap

  /// All gaps, sorted by kind and subject.
  func gaps(edges: [TopologyEdge], nodes: [TopologyNode], sources: [SourceRecord], timeline: Timeline) -> [TopologyMetadata.Gap] {
    var gaps = sourceGaps(sources)
    gaps += incompleteStreams.map {
      Gap(kind: "incomplete_stream", subject: $0, detail: "The stream has no correct end; what stood before is used.")
    }
    gaps += Self.limited(
      "gap_in_time",
      timeline.gaps.map { gap in
        (
          "\(gap.from)–\(gap.until)", "No window between these moments: nothing was captured, or nothing was sent.",
          UInt64(clamping: gap.until.nanoseconds.subtractingSaturated(gap.from.nanoseconds))
        )
      })
    if edges.isEmpty {
      gaps.append(Gap(kind: "no_traffic", subject: "all", detail: "No window holds an edge: nothing can be said of who depends on whom."))
    }
    if timeline.windowCount > 0, timeline.totalNanoseconds < 60_000_000_000 {
      gaps.append(
        Gap(
          kind: "short_capture", subject: "all",
          detail: "Only \(Wording.seconds(timeline.totalNanoseconds)) were observed; what is rare was not seen."))
    }
    gaps += edgeGaps(edges, owners: Dictionary(nodes.compactMap { node in node.node.map { (node.id, $0) } }) { first, _ in first })
    gaps += Self.limited(
      "address_changed_hands", divided.map { ($0, "An address changed hands within this record; its traffic was divided by time.", 0) })
    if groupRecords > 0 {
      gaps.append(
        Gap(
          kind: "group_traffic", subject: "multicast and broadcast",
          detail:
            "\(Wording.count(groupRecords, "record")) (\(Wording.bytes(groupBytes))) to or from addresses that are no machine's are not in the graph."
        ))
    }
    gaps += Self.limited("unseen_node", unseen.map { ($0, "The inventory names it, and no traffic of it was seen.", 0) })
    return gaps.sorted { ($0.kind, $0.subject, $0.detail) < ($1.kind, $1.subject, $1.detail) }
  }

  private func sourceGaps(_ sources: [SourceRecord]) -> [TopologyMetadata.Gap] {
    var gaps: [Gap] = []
    for source in sources {
      if !source.complete || source.damage != nil {
        let damage = source.damage.map { " at byte \($0.offset)\($0.inCompressed ? " of the compressed file" : ""): \($0.reason)" } ?? ""
        let what = source.skippedBlocks == 0 ? "Not read to its end" : "\(Wording.count(source.skippedBlocks, "damaged block")) passed over"
        gaps.append(Gap(kind: "damaged_source", subject: source.name, detail: "\(what)\(damage)."))
      }
      if let dropped = source.dropped, dropped > 0 {
        let received = source.received.map { " of \($0)" } ?? ""
        gaps.append(
          Gap(
            kind: "lost_packets", subject: source.name,
            detail: "The capture lost \(dropped)\(received) packets by its own account."))
      }
      if let given = source.notInEdges.first(where: { $0.reason == "evicted" }) {
        gaps.append(
          Gap(
            kind: "evicted_packets", subject: source.name,
            detail: "\(Wording.count(given.packets, "packet")) of \(source.packets) were given up to stay within a limit of memory."))
      }
      if source.late > 0 {
        gaps.append(
          Gap(
            kind: "late_packets", subject: source.name,
            detail: "\(Wording.count(source.late, "packet")) came too late for the window they belong to."))
      }
    }
    return gaps
  }

  private func edgeGaps(_ edges: [TopologyEdge], owners: [String: String]) -> [TopologyMetadata.Gap] {
    var oneWay: [(String, String, UInt64)] = []
    var uncertain: [(String, String, UInt64)] = []
    var strangers: [String: UInt64] = [:]
    for edge in edges {
      let bytes = edge.bytesToServer.addingSaturated(edge.bytesToClient)
      let subject = "\(edge.source) → \(edge.target)"
      if edge.bytesToClient == 0 || edge.bytesToServer == 0 {
        oneWay.append(
          (subject, "Traffic was seen in one direction only: it \(edge.bytesToClient == 0 ? "never answered" : "never asked").", bytes))
      }
      if !edge.certain {
        uncertain.append(
          (subject, "Who is the client was guessed (\(edge.evidence.first ?? "first")); it may be the other way round.", bytes))
      }
      for end in Set([edge.source, owners[edge.target] ?? edge.target]) where identities?.contains(end) == true {
        strangers[end] = strangers[end, default: 0].addingSaturated(bytes)
      }
    }
    return Self.limited("one_way", oneWay) + Self.limited("uncertain_direction", uncertain)
      + Self.limited("unidentified_address", strangers.map { ($0.key, "The inventory does not know this address.", $0.value) })
  }

  private static func limited(_ kind: String, _ entries: [(subject: String, detail: String, weight: UInt64)]) -> [TopologyMetadata.Gap] {
    let sorted = entries.sorted { $0.weight != $1.weight ? $0.weight > $1.weight : ($0.subject, $0.detail) < ($1.subject, $1.detail) }
    var gaps = sorted.prefix(listedMax).map { Gap(kind: kind, subject: $0.subject, detail: $0.detail) }
    if sorted.count > listedMax {
      gaps.append(
        Gap(
          kind: kind, subject: "\(sorted.count - listedMax) more",
          detail: "Those with the most bytes or the longest time are listed one by one."))
    }
    return gaps
  }
}
