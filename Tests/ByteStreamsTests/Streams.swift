import ByteStreams
import Foundation
import TestSupport

/// Reads a file through whatever it is wrapped in, with a buffer of a chosen size.
func readAll(_ path: String, bufferByteCount: Int = blockByteCount) throws -> [UInt8] {
  let source = try openSource(path: path)
  var buffer = [UInt8](repeating: 0, count: bufferByteCount)
  var result: [UInt8] = []
  while true {
    let got = try source.read(into: &buffer, from: 0)
    if got == 0 { return result }
    result += buffer[..<got]
  }
}

/// Reads bytes as the content of a file of another name.
func readAll(_ bytes: [UInt8], bufferByteCount: Int = blockByteCount) throws -> [UInt8] {
  let scratch = try Scratch()
  return try readAll(try scratch.write("file", bytes), bufferByteCount: bufferByteCount)
}

/// The bytes of a file that the sink of its name wrote, in pieces of random length.
func written(_ content: [UInt8], suffix: String, seed: UInt64 = 1) throws -> [UInt8] {
  let scratch = try Scratch()
  let path = scratch.path("file" + suffix)
  var random = SeededRandom(seed: seed)
  let sink = try openSink(path: path)
  var rest = content[...]
  while !rest.isEmpty {
    let piece = rest.prefix(Int.random(in: 0...min(rest.count, 1 << Int.random(in: 0...20, using: &random)), using: &random))
    try sink.write(Array(piece))
    rest = rest.dropFirst(piece.count)
  }
  try sink.finish()
  return Array(try Data(contentsOf: URL(fileURLWithPath: path)))
}

/// Bytes that compress somewhat: runs, repetitions and noise.
func content(_ count: Int, seed: UInt64) -> [UInt8] {
  var random = SeededRandom(seed: seed)
  var bytes: [UInt8] = []
  bytes.reserveCapacity(count + 4096)
  while bytes.count < count {
    let length = Int.random(in: 1...2048, using: &random)
    switch Int.random(in: 0..<3, using: &random) {
    case 0: bytes.append(contentsOf: repeatElement(UInt8.random(in: 0...255, using: &random), count: length))
    case 1: bytes.append(contentsOf: Array(bytes.suffix(length)))
    default: for _ in 0..<length { bytes.append(UInt8(truncatingIfNeeded: random.next())) }
    }
  }
  return Array(bytes[..<count])
}
