import Interchange
import Metering
import ToolSupport

/// What was read, what of it was not used and why, on one screen.
struct StatsScreen {
  let result: MeterResult
  let seconds: Double
  let byteCount: Int64?
  var writesFlows = false

  /// More inputs than this are shown as their sum, and those alone in which something is wrong.
  private static let sourceCountMax = 6
  private static let troubledCountMax = 5

  /// The lines of the screen.
  var lines: [String] {
    let sources = result.sources
    var lines = sources.count <= Self.sourceCountMax ? sources.flatMap(Self.lines) : Self.lines(sum(of: sources), isSum: true)
    if sources.count > Self.sourceCountMax {
      let troubled = sources.filter { !$0.complete || $0.late > 0 || $0.noTime > 0 || $0.evictedFlows > 0 }
      lines += troubled.prefix(Self.troubledCountMax).flatMap { ["\($0.name): \(Self.troubles($0).joined(separator: "; "))"] }
      if troubled.count > Self.troubledCountMax { lines.append("… and \(troubled.count - Self.troubledCountMax) more inputs with remarks") }
    }
    let made = writesFlows ? "wrote flows of" : "wrote \(grouped(result.edgeCount)) edges in"
    lines.append("\(made) \(grouped(result.windowCount)) windows\(rate)")
    if result.forgottenDuplicateCount > 0 {
      lines.append(
        "up to \(grouped(result.forgottenDuplicateCount)) duplicates may have been counted: there was no memory to remember more")
    }
    return lines
  }

  private var rate: String {
    guard let byteCount, seconds > 0.001 else { return "" }
    return ", in \(Self.decimal(seconds)) s: \(Self.decimal(Double(byteCount) / seconds / 1e6)) MB/s"
  }

  private func sum(of sources: [SourceRecord]) -> SourceRecord {
    var sum = SourceRecord(name: "\(sources.count) inputs", kind: Set(sources.map(\.kind)).sorted().joined(separator: ", "))
    sum.links = Set(sources.flatMap(\.links)).sorted()
    var losses: [String: SourceRecord.Loss] = [:]
    for source in sources {
      sum.packets += source.packets
      sum.ipPackets += source.ipPackets
      sum.ipBytes += source.ipBytes
      sum.edgePackets += source.edgePackets
      sum.edgeBytes += source.edgeBytes
      sum.tunnelOverheadBytes += source.tunnelOverheadBytes
      sum.late += source.late
      sum.timeWentBack += source.timeWentBack
      sum.noTime += source.noTime
      sum.evictedFlows += source.evictedFlows
      sum.first = [sum.first, source.first].compactMap(\.self).min()
      sum.last = [sum.last, source.last].compactMap(\.self).max()
      sum.complete = sum.complete && source.complete
      for loss in source.notInEdges {
        losses[loss.reason, default: .init(reason: loss.reason, packets: 0, bytes: 0)].packets += loss.packets
        losses[loss.reason, default: loss].bytes += loss.bytes
      }
    }
    sum.notInEdges = losses.values.sorted { $0.reason < $1.reason }
    return sum
  }

  private static func lines(_ source: SourceRecord) -> [String] { lines(source, isSum: false) }

  private static func lines(_ source: SourceRecord, isSum: Bool) -> [String] {
    var lines = ["\(source.name): \(source.kind)\(source.links.isEmpty ? "" : " of " + source.links.joined(separator: ", "))"]
    let missing = source.notInEdges.reduce(0) { $0 + $1.packets }
    lines.append(
      "  packets        \(grouped(source.packets)): \(grouped(source.edgePackets)) in edges\(missing > 0 ? ", \(grouped(missing)) not" : "")"
    )
    for loss in source.notInEdges {
      lines.append("    \(loss.reason)  \(grouped(loss.packets)) packets, \(grouped(loss.bytes)) bytes: \(meaning(loss.reason))")
    }
    let overhead = source.tunnelOverheadBytes
    lines.append(
      "  IP bytes       \(grouped(source.ipBytes)) of \(grouped(source.ipPackets)) IP packets: \(grouped(source.edgeBytes)) in edges"
        + (overhead > 0 ? ", \(grouped(overhead)) of tunnels around them" : ""))
    if let first = source.first, let last = source.last {
      let span = Double(last.nanoseconds - first.nanoseconds) / 1e9
      lines.append("  time           \(first) to \(last) (\(decimal(span)) s)")
    }
    if let tcp = source.tcpConversations, let udp = source.udpConversations {
      lines.append("  conversations  \(grouped(tcp)) TCP, \(grouped(udp)) UDP")
    } else if !isSum {
      lines.append("  conversations  too many to be told apart within --memory")
    }
    let troubles = troubles(source)
    if !troubles.isEmpty { lines.append("  remarks        \(troubles.joined(separator: "; "))") }
    return lines
  }

  /// What a person should know before trusting the figures.
  private static func troubles(_ source: SourceRecord) -> [String] {
    var troubles: [String] = []
    if let damage = source.damage {
      troubles.append("damaged at byte \(damage.offset)\(damage.inCompressed ? " of the compressed file" : ""): \(damage.reason)")
    } else if !source.complete {
      troubles.append("damaged")
    }
    if source.late > 0 { troubles.append("\(grouped(source.late)) packets came late and count in another window") }
    if source.timeWentBack > 0 { troubles.append("time went back \(grouped(source.timeWentBack)) times") }
    if source.noTime > 0 { troubles.append("\(grouped(source.noTime)) packets had no time of their own") }
    if source.evictedFlows > 0 { troubles.append("\(grouped(source.evictedFlows)) flows were forgotten early for want of memory") }
    return troubles
  }

  private static func meaning(_ reason: String) -> String {
    switch reason {
    case "cut_header": "too little was captured to say whose they are"
    case "duplicate": "seen before, at another tap or at this one"
    case "evicted": "given up for want of memory"
    case "filtered": "not asked for"
    case "fragment_without_first": "the first fragment, which has the ports, was not seen"
    case "malformed": "headers that contradict themselves"
    case "non_ip": "no IP: ARP, LLDP, spanning tree and the like"
    case "unsupported_link": "a link type that is not looked into"
    default: reason
    }
  }

  private static func decimal(_ value: Double) -> String {
    let tenths = Int64((value * 10).rounded())
    return tenths % 10 == 0 ? grouped(UInt64(clamping: tenths / 10)) : "\(grouped(UInt64(clamping: tenths / 10))).\(abs(tenths % 10))"
  }
}

/// A number with its digits in groups of three.
func grouped(_ value: UInt64) -> String {
  var digits = "\(value)"
  var place = digits.count - 3
  while place > 0 {
    digits.insert(",", at: digits.index(digits.startIndex, offsetBy: place))
    place -= 3
  }
  return digits
}
