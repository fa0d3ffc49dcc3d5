import Interchange

/// One dependency with the reasons for its score.
struct EdgeText {
  let edge: TopologyEdge
  let metadata: TopologyMetadata

  var text: String {
    var lines = "\(edge.source) → \(edge.target)  (\(edge.relation.rawValue))\n"
    lines += "  score      \(FigureText.decimal(edge.score, places: 4)), "
    lines +=
      "\(edge.weak ? "below" : "at or above") the threshold of \(FigureText.decimal(metadata.threshold, places: 4))\(edge.weak ? ": weak" : "")\n"
    let criteria: [(String, TopologyEdge.Criterion?)] = [
      ("volume", edge.volume), ("frequency", edge.frequency), ("duration", edge.duration), ("nature", edge.nature), ("trust", edge.trust),
    ]
    for (name, criterion) in criteria {
      guard let criterion else { continue }
      lines += "  \(FigureText.padded(name)) \(FigureText.decimal(criterion.value, places: 4))  \(criterion.reason)\n"
      let figures = criterion.figures.map { "\($0.key)=\(FigureText.value($0.value))" }
      if !figures.isEmpty { lines += "             \(figures.joined(separator: " "))\n" }
    }
    lines += "  direction  \(edge.evidence.joined(separator: ", "))\(edge.certain ? "" : " (uncertain: it may be the other way round)")\n"
    lines += "  answered   \(edge.answered ? "yes" : "no: only one side was heard, or the service refused")\n"
    lines += "  seen       \(edge.first) – \(edge.last)\n"
    lines += "  windows    \(windows), behind all of the above\n"
    return lines
  }

  /// `14 of 15 windows of 300 s: 2026-11-21T03:10:00Z–2026-11-21T03:25:00Z, …`, runs of neighbours as one range.
  private var windows: String {
    let length = Int64(clamping: metadata.windowSeconds.multipliedReportingOverflow(by: 1_000_000_000).partialValue)
    func end(_ window: Timestamp) -> Timestamp {
      let (end, overflow) = window.nanoseconds.addingReportingOverflow(length)
      return Timestamp(nanoseconds: overflow ? .max : end)
    }
    var ranges: [(from: Timestamp, until: Timestamp)] = []
    for window in edge.windows {
      if let last = ranges.last, last.until == window {
        ranges[ranges.count - 1].until = end(window)
      } else {
        ranges.append((window, end(window)))
      }
    }
    var total = ""
    if let observed = edge.frequency.figures.first(where: { $0.key == "windows_observed" })?.value.unsigned { total = " of \(observed)" }
    let shown = ranges.prefix(12).map { "\($0.from)–\($0.until)" }.joined(separator: ", ")
    let more = ranges.count > 12 ? ", and \(ranges.count - 12) more stretches" : ""
    return "\(edge.windows.count)\(total) windows of \(metadata.windowSeconds) s: \(shown)\(more)"
  }
}

/// Figures as text.
enum FigureText {
  static func decimal(_ value: Double, places: Int) -> String {
    if case .number(let text) = JSONValue.decimal(value, places: places) { text } else { "" }
  }

  static func padded(_ name: String) -> String { name + String(repeating: " ", count: max(0, 10 - name.count)) }

  static func value(_ value: JSONValue) -> String {
    switch value {
    case .number(let text), .string(let text): text
    default: String(decoding: value.compactBytes, as: UTF8.self)
    }
  }
}
