// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

/*
 * What the failures of others say of themselves. Their methods may fail as well, and that must not become a
 * failure of the bus: no other handler would run then (ERR-1).
 */

/** The failure in one sentence; its class where it has none. */
internal fun said(error: Throwable): String = asked(error) { error.toString() } ?: error.javaClass.name

/** Its message; an empty text where there is none. */
internal fun messageOf(error: Throwable): String = asked(error) { error.message.orEmpty() } ?: error.javaClass.name

private inline fun asked(error: Throwable, question: () -> String?): String? = try {
    question()
} catch (_: Throwable) {
    unreadable(error)
}

private fun unreadable(error: Throwable) = "${error.javaClass.name} (it cannot be read)"

/** Logs a failure: as it is, or its class where the log cannot show it. */
internal inline fun logged(error: Throwable, log: (Throwable) -> Unit): Unit = try {
    log(error)
} catch (_: Throwable) {
    log(standIn(error))
}

/** Stands for a failure that cannot be shown. */
internal fun standIn(error: Throwable): Throwable = MaskedFailure(unreadable(error), null, emptyArray())
