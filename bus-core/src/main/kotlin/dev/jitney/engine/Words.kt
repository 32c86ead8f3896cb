// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.engine.plugin.Wording

/*
 * What the failures of others say of themselves. Their methods may fail as well, and that must not become a
 * failure of the bus: no other handler would run then (ERR-1).
 */

/** The failure in one sentence; its class where it has none. */
internal fun said(error: Throwable): String = Wording.said(error)

/** Its message; an empty text where there is none. */
internal fun messageOf(error: Throwable): String = try {
    error.message.orEmpty()
} catch (_: Throwable) {
    Wording.unreadable(error)
}

/** Logs a failure: as it is, or its class where the log cannot show it. */
internal inline fun logged(error: Throwable, log: (Throwable) -> Unit): Unit = try {
    log(error)
} catch (_: Throwable) {
    log(standIn(error))
}

/** Stands for a failure that cannot be shown. */
internal fun standIn(error: Throwable): Throwable = MaskedFailure(Wording.unreadable(error), null, emptyArray())
