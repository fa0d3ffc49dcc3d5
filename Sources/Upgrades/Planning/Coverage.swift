import Interchange

/// What the data could not show, and what follows for the plan.
struct Coverage {
  /// Kinds of gaps in which a dependency could hide altogether. A dependency that was seen one way is not hidden: it is a near miss.
  private static let hiding: Set<String> = [
    "gap_in_time", "damaged_source", "incomplete_stream", "no_traffic", "sampling", "lost_templates",
  ]

  /// The kind of entry for a node that is changed or saved and has no health check.
  static let noHealthCheck = "no_health_check"
  /// The kind of entry for a node of the policy that nobody knows.
  static let unknownPolicyNode = "unknown_policy_node"

  let gaps: [TopologyMetadata.Gap]
  /// Whether a dependency could have been missed: then the plan is wider.
  let isPoor: Bool

  init(_ metadata: TopologyMetadata) {
    gaps = metadata.coverage.sorted { ($0.kind, $0.subject, $0.detail) < ($1.kind, $1.subject, $1.detail) }
    isPoor = gaps.contains { Self.hiding.contains($0.kind) }
  }

  /// One sentence on the wider plan, where it is wider.
  func consequence(threshold: Double) -> [TopologyMetadata.Gap] {
    guard isPoor, case .number(let text) = JSONValue.decimal(threshold, places: 4) else { return [] }
    let kinds = Set(gaps.map(\.kind)).intersection(Self.hiding).sorted().joined(separator: ", ")
    return [
      .init(kind: "wider_plan", subject: "threshold", detail: "the data has gaps (\(kinds)): dependencies from a score of \(text) on count")
    ]
  }
}
