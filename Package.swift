// swift-tools-version: 6.2
import PackageDescription

/// Every target of ours is held to the same rules.
let rules: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let subprocess: Target.Dependency = .product(name: "Subprocess", package: "swift-subprocess")
let systemPackage: Target.Dependency = .product(name: "SystemPackage", package: "swift-system")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")

/// A room of the house: one library in one folder.
func room(_ name: String, in wing: String, imports dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, path: "Sources/\(wing)/\(name)", swiftSettings: rules)
}

/// A thin executable over the rooms.
func tool(_ name: String, imports dependencies: [Target.Dependency]) -> Target {
  .executableTarget(
    name: name, dependencies: dependencies + ["ToolSupport", argumentParser], path: "Sources/Tools/\(name)", swiftSettings: rules)
}

/// The tests of one library, in a folder of the same name.
func tests(_ name: String, imports dependencies: [Target.Dependency]) -> Target {
  .testTarget(name: name, dependencies: dependencies + ["TestSupport"], path: "Tests/\(name)", swiftSettings: rules)
}

/// A C library that Debian packages.
func cLibrary(_ name: String, pkgConfig: String, apt package: String) -> Target {
  .systemLibrary(name: name, path: "Sources/CLibraries/\(name)", pkgConfig: pkgConfig, providers: [.apt([package])])
}

/// What is thrown at the readers until one breaks: built where `HOLDFAST_FUZZ` is set, because it has no `main` without libFuzzer's.
let fuzzing: [Target] =
  Context.environment["HOLDFAST_FUZZ"] == nil
  ? []
  : [
    .executableTarget(
      name: "holdfast-fuzz",
      dependencies: ["Capture", "Packets", "Flows", "Selection", "Metering", "Inventory", "Interchange", "ByteStreams", "TestSupport"],
      path: "Fuzz", exclude: ["dictionary.txt", "run"], swiftSettings: rules)
  ]

let package = Package(
  name: "holdfast",
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    // Without its Foundation trait: no tool loads Foundation.
    .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2", traits: []),
    .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    // C libraries
    cLibrary("CXXHash", pkgConfig: "libxxhash", apt: "libxxhash-dev"),
    cLibrary("CZstd", pkgConfig: "libzstd", apt: "libzstd-dev"),
    cLibrary("CLZ4", pkgConfig: "liblz4", apt: "liblz4-dev"),
    cLibrary("CLZMA", pkgConfig: "liblzma", apt: "liblzma-dev"),
    cLibrary("CISAL", pkgConfig: "libisal", apt: "libisal-dev"),
    cLibrary("CGraphviz", pkgConfig: "libgvc", apt: "libgraphviz-dev"),
    cLibrary("CBtrfsUtil", pkgConfig: "libbtrfsutil", apt: "libbtrfsutil-dev"),
    .target(name: "CLinux", path: "Sources/CLibraries/CLinux"),

    .systemLibrary(name: "CPrefetch", path: "Sources/CLibraries/CPrefetch"),
    // Without pkg-config, which would link them: they are loaded when a filter is given, and when flows are written.
    .systemLibrary(name: "CMessageDigest", path: "Sources/CLibraries/CMessageDigest", providers: [.apt(["libmd0"])]),
    .systemLibrary(name: "CPcap", path: "Sources/CLibraries/CPcap", providers: [.apt(["libpcap-dev"])]),

    // Shared
    room("Concurrency", in: "Shared"),
    room("ByteStreams", in: "Shared", imports: ["Concurrency", "CZstd", "CISAL", "CLZ4", "CLZMA", "CLinux"]),
    room("Interchange", in: "Shared", imports: ["ByteStreams", "CXXHash"]),
    room("ContentDigests", in: "Shared", imports: ["Interchange", crypto]),
    room("ToolSupport", in: "Shared", imports: ["ByteStreams", "Interchange", argumentParser]),

    // Traffic
    room("ByteReading", in: "Traffic"),
    room("Capture", in: "Traffic", imports: ["ByteReading", "ByteStreams"]),
    room("Packets", in: "Traffic", imports: ["ByteReading"]),
    room("Selection", in: "Traffic", imports: ["ByteReading", "Packets", "Interchange", "CPcap"]),
    room("Flows", in: "Traffic", imports: ["Packets", "CPrefetch"]),
    room("Recognition", in: "Traffic", imports: ["Interchange"]),
    room("Windows", in: "Traffic", imports: ["Flows", "Packets", "Recognition", "Interchange", "ByteStreams", "CMessageDigest"]),
    room(
      "Metering", in: "Traffic",
      imports: ["Capture", "Packets", "Flows", "Selection", "Windows", "Interchange", "ByteStreams", "Concurrency"]),

    // Dependencies
    room("Inventory", in: "Dependencies", imports: ["Interchange", yams]),
    room("Topology", in: "Dependencies", imports: ["Interchange", "Inventory"]),
    room("Rendering", in: "Dependencies", imports: ["Interchange", "CGraphviz"]),

    // Upgrades
    room("Planning", in: "Upgrades", imports: ["Interchange", "Inventory", "ContentDigests"]),
    room("Execution", in: "Upgrades", imports: ["Interchange", "ContentDigests", subprocess, systemPackage, "CBtrfsUtil", "CLinux"]),

    // Tools
    tool("flowagg", imports: ["Capture", "Selection", "Metering", "Interchange", "ByteStreams"]),
    tool("depgraph", imports: ["Inventory", "Topology", "Rendering", "Interchange", "ByteStreams", "ContentDigests"]),
    tool("snapplan", imports: ["Planning", "Inventory", "Interchange", "ContentDigests", "ByteStreams"]),
    tool("snapexec", imports: ["Execution", "Interchange", "ContentDigests", "ByteStreams"]),

    // Tests
    .target(name: "TestSupport", dependencies: ["Interchange", "ByteStreams"], path: "Tests/TestSupport", swiftSettings: rules),
    .target(
      name: "SyntheticTraffic", dependencies: ["Interchange", "ByteStreams", "TestSupport"], path: "Tests/SyntheticTraffic",
      swiftSettings: rules),
    tests("AgreementTests", imports: ["Interchange", "Packets", "Capture", "ByteStreams", "flowagg"]),
    tests("ConcurrencyTests", imports: ["Concurrency"]),
    tests("ByteStreamsTests", imports: ["ByteStreams"]),
    tests("ContentDigestsTests", imports: ["ContentDigests", "Interchange"]),
    tests("RecognitionTests", imports: ["Recognition", "Interchange"]),
    tests("ToolSupportTests", imports: ["ToolSupport", "Interchange"]),
    tests("CaptureTests", imports: ["Capture", "ByteStreams"]),
    tests("PacketsTests", imports: ["Packets", "Interchange"]),
    tests("SelectionTests", imports: ["Selection", "Packets", "Interchange"]),
    tests("FlowsTests", imports: ["Flows", "Packets"]),
    tests("WindowsTests", imports: ["Windows", "Metering", "Recognition", "Capture", "Packets", "Flows", "Interchange", "ByteStreams"]),
    tests("InterchangeTests", imports: ["Interchange", "ByteStreams", "ContentDigests"]),
    tests("InventoryTests", imports: ["Inventory", "Interchange"]),
    tests("TopologyTests", imports: ["Topology", "Inventory", "Interchange", "SyntheticTraffic", "ContentDigests"]),
    tests("RenderingTests", imports: ["Rendering", "Interchange"]),
    tests("HostileTests", imports: ["Capture", "Flows", "Packets", "Metering", "Interchange", "ByteStreams", "flowagg"]),
    tests("PipelineTests", imports: ["Interchange", "ByteStreams", "SyntheticTraffic", "ContentDigests"]),
    tests("PlanningTests", imports: ["Planning", "Interchange", "ContentDigests"]),
    tests("ExecutionTests", imports: ["Execution", "Interchange", "ContentDigests"]),
  ] + fuzzing
)
