import ByteStreams
import Capture
import Interchange
import Metering
import Selection
import TestSupport

/// Bytes as a capture through everything that flowagg does: two for the options, then the capture; the stream is read back, and its laws hold.
enum FlowaggTarget {
  @Sendable static func run(_ bytes: [UInt8]) {
    guard bytes.count >= 2 else { return }
    let (first, second) = (Int(bytes[0]), Int(bytes[1]))
    let header = EdgeStreamHeader(
      windowSeconds: [1, 60, 300, 366 * 86_400][first & 3],
      latenessNanoseconds: [0, 5_000_000_000, 1_800_000_000_000, .max][first >> 2 & 3],
      idleTCPNanoseconds: second & 64 != 0 ? 0 : 300_000_000_000, idleOtherNanoseconds: second & 64 != 0 ? .max : 60_000_000_000)
    var options = MeterOptions()
    options.tunnels = [.inner, .outer, .both, .inner][first >> 4 & 3]
    options.networks = [.vni, .vlan, .none, .vni][first >> 6 & 3]
    options.countsConversations = second & 1 != 0
    // The table then holds 1,024 flows and parts, its least.
    if second & 2 != 0 { options.memoryByteCount = 0 }
    if second & 4 != 0 { options.hosts = try? HostSelection(list: "10.0.0.0/9,192.0.2.1,fd00::/9") }
    var selection = PacketSelection()
    if second & 8 != 0 { selection.deduplicator = Deduplicator(windowNanoseconds: second & 16 != 0 ? .max : 100_000_000, entryLimit: 64) }
    if second & 32 != 0 { selection.filter = try? PacketFilter("tcp or udp portrange 1-5000 or vlan or icmp6") }
    let path = InputFile.path(of: Array(bytes[2...]))
    let sink = MemorySink()
    do {
      // Where duplicates are looked for there are two taps.
      let inputs = Array(repeating: CaptureInput(path: path), count: second & 8 != 0 ? 2 : 1)
      let meter = try Meter.open(inputs, header: header, options: options, selection: selection, to: sink)
      _ = try meter.run()
    } catch {
      if case .output(let failure) = error { preconditionFailure("no output: \(failure)") }
      return
    }
    do {
      var laws = ConservationLaws()
      var reader = try EdgeStreamReader(MemorySource(sink.bytes))
      while let record = try reader.next() { laws.take(record) }
      claim(laws.breaches.isEmpty, laws.breaches.joined(separator: "; "))
    } catch {
      preconditionFailure("our own stream is refused: \(error)")
    }
  }
}
