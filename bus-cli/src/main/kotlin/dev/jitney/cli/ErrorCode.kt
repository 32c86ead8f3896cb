// SPDX-License-Identifier: Apache-2.0
package dev.jitney.cli

/** What went wrong, for scripts and for looking up; the number never changes its meaning. */
internal enum class ErrorCode(val number: Int, val exit: ExitCode, val meaning: String) {
    USAGE(2001, ExitCode.USAGE, "unknown command or option, or a value that is not accepted"),
    TOPIC(2002, ExitCode.USAGE, "a topic or a pattern is not valid"),
    TIME(2003, ExitCode.USAGE, "a time or a span of time cannot be read"),
    JSON(2004, ExitCode.USAGE, "JSON was asked for and the input is something else"),
    TOO_LARGE(2005, ExitCode.USAGE, "an event is larger than the store takes"),
    INPUT(2006, ExitCode.USAGE, "the input cannot be read, or standard input is closed"),
    CONFIG(2007, ExitCode.USAGE, "the configuration of a store or plugin is wrong"),
    PLUGIN(2009, ExitCode.FAILED, "a plugin is missing, broken or there twice"),
    FORMAT(2008, ExitCode.USAGE, "an event cannot be written in the wire form"),
    NO_BUS(2101, ExitCode.NOT_FOUND, "there is no bus directory, or what is there is not one"),
    NO_EVENT(2102, ExitCode.NOT_FOUND, "no stored event has this id"),
    AMBIGUOUS_ID(2103, ExitCode.USAGE, "several stored events have an id that starts like this"),
    NO_MATCH(2104, ExitCode.NOT_FOUND, "nothing matches, and --fail-empty is set"),
    NEEDS_YES(2301, ExitCode.DECLINED, "the command must be confirmed and there is no terminal to ask on"),
    DECLINED(2302, ExitCode.DECLINED, "the answer was no"),
    CONFIRM(2303, ExitCode.USAGE, "--confirm does not name this bus"),
    BUSY(2401, ExitCode.BUSY, "another process holds the append lock, or a cursor"),
    ACCESS(2501, ExitCode.FAILED, "the bus directory is not writable, or is open to other users"),
    STORE_FAILED(2502, ExitCode.FAILED, "a write or a force failed, a full disk among the causes"),
    VERSION(2503, ExitCode.USAGE, "the bus has a newer format than this program knows"),
    STORE(2504, ExitCode.FAILED, "the store could not do, or cannot do, what it was asked to"),
    OUTPUT(2505, ExitCode.FAILED, "the output cannot be written"),
    VERIFY(2601, ExitCode.CHECK_FAILED, "verify found damage, or something that it could not check"),
    INTERNAL(9001, ExitCode.INTERNAL, "a fault of this program"),
    ;

    /** Returns the form that people see: `BUS-2104`. */
    fun text(): String = "BUS-$number"
}
