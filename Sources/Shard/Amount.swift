internal import Foundation
internal import Streaming

/// Sizes and times in a forecast, as people say them.
enum Amount {
    /// As in `1.2 GB`, `47 MB`, `3.1 MB` or `12 kB`.
    static func bytes(_ count: Int) -> String {
        let bytes = Double(count)
        switch count {
        case 1_000_000_000...: return String(format: "%.1f GB", bytes / 1e9)
        case 10_000_000...: return String(format: "%.0f MB", bytes / 1e6)
        case 1_000_000...: return String(format: "%.1f MB", bytes / 1e6)
        default: return String(format: "%.0f kB", (bytes / 1e3).rounded(.up))
        }
    }

    /// As in `12 min` or `3 s`.
    static func time(_ seconds: Double) -> String {
        let minutes = Int(seconds / 60)
        return minutes > 0 ? "\(minutes) min" : "\(Int(seconds.rounded(.up))) s"
    }

    /// Refuses what the disk cannot hold.
    static func check(needed: Int, free: Int, at directory: String) throws(Failure) {
        guard needed > free else { return }
        throw Failure(
            .cannotCreate, "about \(bytes(needed)) are needed here, \(bytes(free)) are free", at: directory,
            remedy: "free some space, or give an --output on another disk")
    }
}
