import Foundation
import Interchange
import TestSupport
import Testing

/// Wherever a capture ends, what stood before is counted and nothing else happens.
@Suite struct PrefixTests {
  @Test func everyPrefixOfEveryContainerIsMeteredByItsLaws() throws {
    let scratch = try Scratch()
    for (name, bytes) in HostileCaptures.containers {
      var before: UInt64 = 0
      for length in 0...bytes.count {
        let packets = try metered(Array(bytes[..<length]), "\(name) cut to \(length)", in: scratch)?.sources.first?.packets ?? 0
        #expect(packets >= before, "\(name) cut to \(length)")
        before = packets
      }
      #expect(before == (name == "pcapng" ? 3 : 2))
    }
  }

  @Test(arguments: Wrapped.available) func everyPrefixOfEveryWrappingIsMeteredByItsLaws(_ wrapped: Wrapped) throws {
    let scratch = try Scratch()
    for bytes in [pcap(HostileCaptures.packets), HostileCaptures.pcapng] {
      let compressed = try wrapped.wrap(bytes)
      for length in 0...compressed.count {
        let stream = try metered(Array(compressed[..<length]), "\(wrapped) cut to \(length)", in: scratch)
        if length < compressed.count { #expect(stream?.sources.first?.complete != true, "\(wrapped) cut to \(length)") }
      }
    }
  }

  @Test func everyByteOfAWrappingMayBeAnything() throws {
    let scratch = try Scratch()
    for wrapped in Wrapped.available {
      var bytes = try wrapped.wrap(HostileCaptures.pcapng)
      for place in bytes.indices {
        let kept = bytes[place]
        for value in [0, 0xFF, kept ^ 0x10] where value != kept {
          bytes[place] = value
          try metered(bytes, "\(wrapped) with \(value) at \(place)", in: scratch)
        }
        bytes[place] = kept
      }
    }
  }

  @Test(.enabled(if: Repository.data != nil)) func realCapturesMayBeCutAnywhere() throws {
    let scratch = try Scratch()
    var random = SeededRandom(seed: 20_263)
    let data = try #require(Repository.data)
    let names = FileManager.default.enumerator(at: data, includingPropertiesForKeys: [.fileSizeKey])?.compactMap { $0 as? URL } ?? []
    let captures = try names.filter { url in
      let size = try url.resourceValues(forKeys: [.fileSizeKey]).fileSize ?? .max
      return size < 60_000 && ["pcap", "pcapng", "cap", "ntar"].contains(url.pathExtension)
    }.sorted { $0.path < $1.path }
    try #require(!captures.isEmpty)
    for capture in captures {
      let bytes = Array(try Data(contentsOf: capture))
      for _ in 0..<16 {
        let length = Int.random(in: 0...bytes.count, using: &random)
        try metered(Array(bytes[..<length]), "\(capture.lastPathComponent) cut to \(length), seed \(random.seed)", in: scratch)
      }
    }
  }
}
