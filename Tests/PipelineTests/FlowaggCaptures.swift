import Foundation
import TestSupport

/// Captures for runs of the flowagg binary.
enum FlowaggCaptures {
  /// 2026-01-01T00:00:00Z.
  static let start: Int64 = 1_767_225_600_000_000_000

  /// Conversations of a few hosts, TCP with handshakes and UDP, in time order, about `seconds` long.
  static func conversations(seed: UInt64, count: Int, seconds: Int64) -> [CapturedPacket] {
    var random = SeededRandom(seed: seed)
    var packets: [CapturedPacket] = []
    while packets.count < count {
      var time = start + Int64.random(in: 0..<(seconds * 1_000_000_000), using: &random)
      let client = "10.0.0.\(Int.random(in: 1...6, using: &random))", server = "10.0.1.\(Int.random(in: 1...3, using: &random))"
      let port = UInt16.random(in: 40_000...60_000, using: &random), service = [443, 5432, 53, 8080].randomElement(using: &random) ?? 443
      let isTCP = service != 53
      func send(_ isForth: Bool, _ flags: UInt8, payload: Int = 0) {
        time += Int64.random(in: 1...40_000_000, using: &random)
        let (from, to) = isForth ? (port, UInt16(service)) : (UInt16(service), port)
        let body = isTCP ? Frames.tcp(from, to, flags: flags, payload: payload) : Frames.udp(from, to, payload: payload)
        let packet = Frames.ipv4(isForth ? client : server, isForth ? server : client, isTCP ? 6 : 17, body)
        packets.append(CapturedPacket(at: time, Frames.ethernet(packet)))
      }
      send(true, 2)
      send(false, 0x12)
      for _ in 0..<Int.random(in: 1...6, using: &random) {
        send(Bool.random(using: &random), 0x10, payload: Int.random(in: 0...900, using: &random))
      }
    }
    return packets.sorted { $0.timeNanoseconds < $1.timeNanoseconds }
  }

  /// A few minutes of them.
  static let small = conversations(seed: 1, count: 2000, seconds: 400)
}

extension Finished {
  /// The lines of an edge stream that are edges.
  var edgeLines: [Substring] { text.split(separator: "\n").filter { $0.hasPrefix("{\"record\":\"edge\"") } }
  /// The lines that are sources.
  var sourceLines: [Substring] { text.split(separator: "\n").filter { $0.hasPrefix("{\"record\":\"source\"") } }
}
