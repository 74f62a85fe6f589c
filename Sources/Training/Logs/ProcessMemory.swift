internal import Foundation

/// The memory of this process.
public enum ProcessMemory {
    /// The largest resident size so far, in bytes.
    public static var peakBytes: Int {
        var usage = rusage()
        return getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 ? Int(usage.ru_maxrss) << 10 : 0
    }
}
