// swift-tools-version: 6.2
import PackageDescription

let warningsAreErrors = Context.environment["CI"] != nil

/// Applied to every Swift target of ours: language mode 6, one set of upcoming features, and optimisation across
/// modules (without it a generic called from another module costs many times more).
let swiftSettings: [SwiftSetting] =
    [
        .swiftLanguageMode(.v6),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
        .unsafeFlags(["-cross-module-optimization"], .when(configuration: .release)),
    ] + (warningsAreErrors ? [.treatAllWarnings(as: .error)] : [])

let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")

func library(
    _ name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = [], resources: [Resource]? = nil
) -> Target {
    .target(
        name: name, dependencies: dependencies, exclude: exclude, resources: resources, swiftSettings: swiftSettings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource]? = nil) -> Target {
    .testTarget(
        name: name, dependencies: dependencies + ["TestSupport"], resources: resources, swiftSettings: swiftSettings)
}

let package = Package(
    name: "tessera",
    products: [
        .executable(name: "tessera", targets: ["tessera"]),
        .library(name: "TesseraText", targets: ["Ingest", "Tokenize", "Shard"]),
        .library(
            name: "TesseraTraining", targets: ["Model", "Training", "Pretrain", "Finetune", "Tokenize", "Streaming"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
    ],
    targets: [
        // C libraries from Debian, one thin module each.
        .systemLibrary(name: "CLibXML2", pkgConfig: "libxml-2.0", providers: [.apt(["libxml2-dev"])]),
        .systemLibrary(name: "CBZip2", providers: [.apt(["libbz2-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
        .systemLibrary(name: "CXXHash", pkgConfig: "libxxhash", providers: [.apt(["libxxhash-dev"])]),
        // Open MPI, OpenBLAS and oneDNN are opened at run time, by those commands alone that need them.
        .target(name: "CMPI"),
        .target(name: "COpenBLAS"),
        .target(name: "COneDNN"),
        .target(name: "CDownload"),
        .target(name: "CHDF5"),
        .target(name: "CKernels", exclude: ["body"], cSettings: [.unsafeFlags(["-O3"], .when(configuration: .debug))]),

        // The house, from the cellar up: arrows point down only.
        library("Streaming", ["CMPI"]),
        library("Storage", ["Streaming", "CZstd", "CXXHash", grdb]),
        library(
            "Ingest", ["Storage", "Streaming", "CDownload", "CKernels", "CLibXML2", "CBZip2", "CZlib", "CZstd"],
            resources: [.embedInCode("Wikitext/template-rules.txt")]),
        library("Tokenize", ["Streaming", "CKernels"], resources: [.embedInCode("Sentences/Data")]),
        library("Shard", ["Storage", "Streaming", "Tokenize", "CHDF5", "CZlib", grdb]),
        library("Model", ["Streaming", "CKernels", "COpenBLAS", "COneDNN"]),
        library("Training", ["Model", "Streaming", "CKernels", "CMPI"]),
        library("Pretrain", ["Training", "Model", "Shard", "Tokenize", "Streaming"]),
        library("Finetune", ["Training", "Model", "Tokenize", "Streaming"]),
        library(
            "Pipeline",
            ["Ingest", "Tokenize", "Shard", "Pretrain", "Finetune", "Training", "Model", "Storage", "Streaming", yams]),
        .executableTarget(
            name: "tessera",
            dependencies: [
                "Pipeline", "Ingest", "Tokenize", "Shard", "Pretrain", "Finetune", "Training", "Model", "Storage",
                "Streaming", argumentParser,
            ],
            swiftSettings: swiftSettings),

        // Times training steps: swift build -c release --product engine-benchmark
        .executableTarget(
            name: "engine-benchmark", dependencies: ["Training", "Model", "Streaming"], path: "Benchmarks/Engine",
            swiftSettings: swiftSettings),
        // Times the loader of pretraining: swift build -c release --product loader-benchmark
        .executableTarget(
            name: "loader-benchmark",
            dependencies: ["Pretrain", "Training", "Model", "Shard", "Tokenize", "Streaming"],
            path: "Benchmarks/Loader", swiftSettings: swiftSettings),

        // Layers, objectives, an optimiser and a schedule as a user would write them (docs/extending.md).
        .target(
            name: "Examples", dependencies: ["Training", "Model"], path: "Examples/Parts", swiftSettings: swiftSettings),
        .executableTarget(
            name: "example-pretraining",
            dependencies: ["Examples", "Pretrain", "Training", "Model", "Tokenize", "Streaming"],
            path: "Examples/Pretraining", swiftSettings: swiftSettings),

        // Tests: one folder per library, and the real binary end to end.
        .target(
            name: "TestSupport", dependencies: ["Streaming"], path: "Tests/TestSupport", swiftSettings: swiftSettings),
        tests("StreamingTests", ["Streaming"]),
        tests("StorageTests", ["Storage", "Streaming", grdb]),
        tests("IngestTests", ["Ingest", "CKernels", "Storage", "Streaming", grdb], resources: [.copy("Fixtures")]),
        tests("TokenizeTests", ["Tokenize", "CKernels", "Streaming"], resources: [.copy("Fixtures")]),
        tests("ShardTests", ["Shard", "Storage", "Tokenize", "Streaming", grdb]),
        tests("ModelTests", ["Model", "CKernels", "Streaming"], resources: [.copy("Fixtures")]),
        tests("TrainingTests", ["Training", "Model", "Streaming"]),
        tests(
            "PretrainTests",
            ["Examples", "Pretrain", "Training", "Model", "Shard", "Storage", "Tokenize", "Streaming"]),
        tests("FinetuneTests", ["Examples", "Finetune", "Training", "Model", "Tokenize", "Streaming"]),
        tests("PipelineTests", ["Pipeline", "Streaming"]),
        tests("TesseraTests", ["tessera"]),
    ],
    cLanguageStandard: .gnu17
)
