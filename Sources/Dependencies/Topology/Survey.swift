import Interchange

/// How far a machine's thin connections reach over all that serves: a poller and a scanner touch nearly everything and never much of it.
struct Breadth {
  /// How many machines it uses by few, small, short connections.
  var nodes = 0
  /// How many different ports these connections go to.
  var ports = 0
  /// How many machines answer anybody, without itself.
  var servingNodes = 0

  /// 0 for a client like any other, 1 for one that surveys: by many ports alone (a scan), or by several ports on most or very many machines.
  var value: Double {
    func ramp(_ value: Double, _ low: Double, _ high: Double) -> Double { min(1, max(0, (value - low) / (high - low))) }
    let share = servingNodes > 0 ? min(1, Double(nodes) / Double(servingNodes)) : 0
    let reach = max(ramp(Double(nodes), 2, 4) * ramp(share, 0.5, 0.8), ramp(Double(nodes), 10, 30))
    return max(ramp(Double(ports), 10, 30), ramp(Double(ports), 1, 3) * reach)
  }
}

/// What a dependency's client and its connections have of a survey.
struct Survey {
  var breadth = Breadth()
  /// 1 where connections are few, small and short, 0 where they are many, large or long.
  var thinness: Double = 0

  /// How much of the nature's weight this takes: all but a tenth at 1.
  var strength: Double { breadth.value * thinness }
}

/// The breadth of every client.
struct Surveys {
  private var breadths: [Int: Breadth] = [:]
  private var servingCount = 0
  private let observedSeconds: Double

  init(_ totals: [Pair: EdgeTotals], timeline: Timeline, natures: [ServiceKey: Service]) {
    observedSeconds = Criteria.seconds(Criteria.rateBase(timeline))
    var touched: [Int: (nodes: Set<Int>, ports: Set<ServiceKey>)] = [:]
    var serving: Set<Int> = []
    for (pair, total) in totals where pair.service.port != nil && pair.client != pair.service.node {
      if total.isAnswered { serving.insert(pair.service.node) }
      // Everybody asks for names and the time; a guessed direction would turn a server's clients into its services.
      guard total.direction.isCertain, ![.naming, .time].contains(natures[pair.service]?.nature), thinness(total) >= 0.5 else { continue }
      touched[pair.client, default: ([], [])].nodes.insert(pair.service.node)
      touched[pair.client, default: ([], [])].ports.insert(ServiceKey(node: 0, proto: pair.service.proto, port: pair.service.port))
    }
    for (client, sets) in touched {
      breadths[client] = Breadth(
        nodes: sets.nodes.count, ports: sets.ports.count, servingNodes: serving.count - (serving.contains(client) ? 1 : 0))
    }
    servingCount = serving.count
  }

  func survey(of pair: Pair, _ total: EdgeTotals) -> Survey {
    Survey(breadth: breadths[pair.client] ?? Breadth(servingNodes: servingCount), thinness: thinness(total))
  }

  /// The least of three: bytes a flow (1 up to 4 kB, 0 from 64 kB), open seconds a flow (5 s, 60 s), flows a second (0.2, 2).
  private func thinness(_ total: EdgeTotals) -> Double {
    let flows = Double(max(1, total.flows))
    func falling(_ value: Double, _ full: Double, _ none: Double) -> Double { 1 - Criteria.logarithmic(value, from: full, to: none) }
    return min(
      falling(Double(total.bytes) / flows, 4_000, 64_000), falling(Double(total.openNanoseconds) / 1e9 / flows, 5, 60),
      falling(flows / observedSeconds, 0.2, 2))
  }
}
