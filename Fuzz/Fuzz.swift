import Glibc

/// What libFuzzer calls: once with its arguments, then with one input after another.
///
/// `HOLDFAST_FUZZ_TARGET` names the target. With `HOLDFAST_FUZZ_SEEDS` the program writes the seeds of the target into that folder and ends.
/// Unsafe: libFuzzer hands over a pointer and a length; bound: the bytes are copied by that length before anything else happens.
enum Fuzz {
  /// A target by its name: reads the input, and stops the program where a claim does not hold.
  static let targets: [String: @Sendable ([UInt8]) -> Void] = [
    "container": ContainerTarget.run, "packet": PacketTarget.run, "flowagg": FlowaggTarget.run, "edges": EdgesTarget.run,
  ]

  static let name = environment("HOLDFAST_FUZZ_TARGET") ?? ""
  static let target: @Sendable ([UInt8]) -> Void = {
    guard let target = targets[name] else { stop("HOLDFAST_FUZZ_TARGET is «\(name)», expected one of \(targets.keys.sorted())") }
    return target
  }()

  static func environment(_ name: String) -> String? { unsafe getenv(name).map { unsafe String(cString: $0) } }

  /// Ends the program before anything was tried.
  static func stop(_ message: String) -> Never {
    print(message)
    exit(64)
  }
}

/// Stops the program, so that libFuzzer keeps the input, where something does not hold that must.
func claim(_ holds: Bool, _ message: @autoclosure () -> String) {
  if !holds { preconditionFailure(message()) }
}

@_cdecl("LLVMFuzzerInitialize")
public func initialize(_ count: UnsafeMutablePointer<Int32>?, _ arguments: UnsafeMutableRawPointer?) -> Int32 {
  _ = Fuzz.target
  guard let folder = Fuzz.environment("HOLDFAST_FUZZ_SEEDS") else { return 0 }
  do {
    try Seeds.write(of: Fuzz.name, into: folder)
    exit(0)
  } catch {
    Fuzz.stop("\(folder): \(error)")
  }
}

@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ data: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  Fuzz.target(unsafe Array(UnsafeBufferPointer(start: data, count: count)))
  return 0
}
