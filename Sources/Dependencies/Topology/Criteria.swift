import Glibc
import Interchange

/// The four criteria of one dependency and its score; docs/criteria.md holds the formulas and why they are as they are.
///
/// score = nature × frequency × (0.5 + 0.35 · volume + 0.15 · duration) × trust.
public struct Criteria {
  /// Below this score a dependency is weak unless the caller says otherwise.
  public static let defaultThreshold = 0.35

  private(set) var volume: TopologyEdge.Criterion
  private(set) var frequency: TopologyEdge.Criterion
  private(set) var duration: TopologyEdge.Criterion
  private(set) var nature: TopologyEdge.Criterion
  private(set) var trust: TopologyEdge.Criterion

  init(_ total: EdgeTotals, service: ServiceKey, judged: Service?, timeline: Timeline, survey: Survey) {
    let hours = Self.seconds(Self.rateBase(timeline)) / 3600
    volume = Self.volume(total, hours: hours)
    frequency = Self.frequency(total, timeline)
    duration = Self.duration(total, timeline)
    nature = Self.nature(service, judged, survey)
    trust = Self.trust(total)
  }

  /// The score, from the criteria as they are written: whoever reads them can check it.
  var score: Double {
    Self.rounded(nature.value * frequency.value * (0.5 + 0.35 * volume.value + 0.15 * duration.value) * trust.value)
  }

  func edge(source: String, target: String, _ total: EdgeTotals, threshold: Double) -> TopologyEdge {
    TopologyEdge(
      source: source, target: target, relation: .dependsOn, score: score, weak: score < threshold, certain: total.direction.isCertain,
      volume: volume, frequency: frequency, duration: duration, nature: nature, trust: trust, bytesToServer: total.volume.bytesToServer,
      bytesToClient: total.volume.bytesToClient, answered: total.isAnswered, windows: total.windows.keys.sorted(),
      evidence: total.directions.sorted().map(\.text.description), first: total.first, last: total.last)
  }

  /// Rates are taken over the observed time, but over a minute at least: a moment says little about an hour.
  static func rateBase(_ timeline: Timeline) -> Int64 { max(timeline.totalNanoseconds, 60_000_000_000) }

  static func seconds(_ nanoseconds: Int64) -> Double { Double(nanoseconds) / 1e9 }

  /// Four decimals, as the document writes them.
  static func rounded(_ value: Double) -> Double { (value * 10_000).rounded(.toNearestOrEven) / 10_000 }

  /// 0 at or below `low`, 1 at or above `high`, and straight in the logarithm between.
  static func logarithmic(_ value: Double, from low: Double, to high: Double) -> Double {
    guard value > low else { return 0 }
    return min(1, log10(value / low) / log10(high / low))
  }

  private static func volume(_ total: EdgeTotals, hours: Double) -> TopologyEdge.Criterion {
    let rate = Double(total.bytes) / hours
    let value = rounded(logarithmic(rate, from: 1e4, to: 1e7))
    return .init(
      value: value,
      figures: [
        .init("flows", .integer(total.flows)), .init("bytes_to_server", .integer(total.volume.bytesToServer)),
        .init("bytes_to_client", .integer(total.volume.bytesToClient)), .init("packets_to_server", .integer(total.volume.packetsToServer)),
        .init("packets_to_client", .integer(total.volume.packetsToClient)), .init("bytes_per_hour", .decimal(min(rate, 1e15), places: 0)),
      ],
      reason: "\(Wording.bytes(total.bytes)) in \(Wording.count(total.flows, "flow")), \(Wording.bytes(UInt64(min(rate, 1e18)))) an hour, "
        + "on a scale from 10 kB to 10 MB an hour.")
  }

  private static func frequency(_ total: EdgeTotals, _ timeline: Timeline) -> TopologyEdge.Criterion {
    let present = timeline.present(total.windows)
    let share = timeline.totalNanoseconds > 0 ? Double(present) / Double(timeline.totalNanoseconds) : 0
    return .init(
      value: rounded(share.squareRoot()),
      figures: [
        .init("windows_seen", .integer(total.windows.count)), .init("windows_observed", .integer(timeline.windowCount)),
        .init("active_slots", .integer(total.windows.values.reduce(UInt64(0)) { $0.addingSaturated($1.activeSlots) })),
        .init("slots", .integer(total.windows.values.reduce(UInt64(0)) { $0.addingSaturated($1.slots) })),
        .init("present_s", .decimal(seconds(present), places: 3)),
        .init("observed_s", .decimal(seconds(timeline.totalNanoseconds), places: 3)),
        .init("vouches_for_s", .decimal(seconds(timeline.vouchNanoseconds), places: 3)),
      ],
      reason: "Seen in \(total.windows.count) of \(Wording.count(UInt64(timeline.windowCount), "window")), and present for "
        + "\(Wording.percent(share)) of the \(Wording.seconds(timeline.totalNanoseconds)) observed.")
  }

  private static func duration(_ total: EdgeTotals, _ timeline: Timeline) -> TopologyEdge.Criterion {
    let average = Double(total.openNanoseconds) / Double(rateBase(timeline))
    let perFlow = Double(total.openNanoseconds) / 1e9 / Double(max(1, total.flows))
    return .init(
      value: rounded(logarithmic(average, from: 0.001, to: 1)),
      figures: [
        .init("open_s", .decimal(min(1e9, Double(total.openNanoseconds) / 1e9), places: 3)),
        .init("per_flow_s", .decimal(min(1e9, perFlow), places: 3)),
        .init("average_open", .decimal(min(1e6, average), places: 4)),
      ],
      reason: "Connections were open for \(Wording.seconds(Int64(clamping: total.openNanoseconds))) in all, "
        + "\(Wording.decimal(average, places: 3)) at a time on average, on a scale from 0.001 to 1.")
  }

  private static func nature(_ service: ServiceKey, _ judged: Service?, _ survey: Survey) -> TopologyEdge.Criterion {
    let weight = NatureWeights.weight(of: judged?.nature ?? .unknown, proto: service.proto, hasPort: service.port != nil)
    let factor = 1 - 0.9 * survey.strength
    var figures: [JSONValue.Member] = []
    if let app = judged?.app { figures.append(.init("app", .string(app))) }
    figures += [
      .init("nature", .string((judged?.nature ?? .unknown).rawValue)), .init("weight", .decimal(weight, places: 4)),
      .init("client_serving_nodes", .integer(survey.breadth.nodes)), .init("serving_nodes", .integer(survey.breadth.servingNodes)),
      .init("client_ports", .integer(survey.breadth.ports)), .init("survey", .decimal(survey.breadth.value, places: 4)),
      .init("thinness", .decimal(survey.thinness, places: 4)), .init("survey_factor", .decimal(factor, places: 4)),
    ]
    return .init(
      value: rounded(weight * factor), figures: figures, reason: Wording.nature(service, judged, weight: weight, survey, factor: factor))
  }

  private static func trust(_ total: EdgeTotals) -> TopologyEdge.Criterion {
    let answer = total.isAnswered ? 1 : 0.25
    let direction: Double =
      switch total.direction {
      case .handshake, .message, .configured, .opened, .degree: 1
      case .registered: 0.9
      case .port: 0.8
      case .first: 0.5
      }
    return .init(
      value: rounded(answer * direction),
      figures: [
        .init("answered_flows", .integer(total.outcome.answered)), .init("refused_flows", .integer(total.outcome.refused)),
        .init("reset_flows", .integer(total.outcome.reset)), .init("unreachable_flows", .integer(total.outcome.unreachable)),
        .init("midstream_flows", .integer(total.outcome.midstream)), .init("direction", .string(total.direction.text.description)),
      ],
      reason: (total.isAnswered ? "The service was heard to answer" : "The service was never heard to answer (factor 0.25)")
        + "; who is the client follows from \(Wording.direction(total.direction))"
        + (direction < 1 ? " (factor \(Wording.decimal(direction, places: 2)))." : "."))
  }
}
