// SPDX-License-Identifier: Apache-2.0
package dev.jitney.cli

/** How a command ends; each number has one meaning. `bus help exit-codes` prints this table. */
internal enum class ExitCode(val number: Int, val label: String, val meaning: String, val retry: String) {
    OK(0, "ok", "done; an empty result is still 0 unless --fail-empty", "-"),
    FAILED(1, "failed", "the command ran and failed: not writable, unsafe, full, a failed force", "maybe"),
    USAGE(2, "usage", "bad input: an option, a topic, a time, JSON; or a bus of a newer format", "no"),
    PARTIAL(3, "partial", "bulk work: some items were done before one failed", "the rest"),
    NOT_FOUND(4, "not found", "the bus or the event that was named does not exist", "no"),
    CHECK_FAILED(
        5,
        "check failed",
        "verify found damage or could not check something; bench is worse than its baseline",
        "no",
    ),
    BUSY(6, "busy", "the append lock was not had within --lock-timeout, or the cursor at all", "yes"),
    DECLINED(7, "declined", "the answer was no, or there is no terminal to ask on and no --yes", "no"),
    INTERNAL(70, "internal", "a fault of this program; -vv shows where", "no"),
    INTERRUPTED(130, "interrupted", "SIGINT (143: SIGTERM)", "-"),
}
