// SPDX-License-Identifier: Apache-2.0
package dev.jitney.cli

import dev.jitney.event.InvalidTopicException
import dev.jitney.event.PayloadException
import dev.jitney.spi.ConfigException
import dev.jitney.spi.EventFormatException
import dev.jitney.spi.EventTooLargeException
import dev.jitney.spi.PluginException
import dev.jitney.spi.StoreAccessException
import dev.jitney.spi.StoreException
import dev.jitney.spi.StoreFailedException
import dev.jitney.spi.StoreNotFoundException
import dev.jitney.spi.StoreUnavailableException
import dev.jitney.spi.StoreVersionException

/** Which failure of the library ends a command how. */
internal object Failures {
    private const val MAKE = "bus publish TOPIC -d DIR (makes a bus where DIR is new or empty)"

    fun of(thrown: Throwable): CliFailure = when (thrown) {
        is CliFailure -> thrown

        // As it is when it comes from here, and no failure of the store
        is StoreUnavailableException if thrown.cause is OutOfMemoryError -> outOfMemory(thrown)

        is StoreException -> ofStore(thrown)

        is InvalidTopicException -> failure(ErrorCode.TOPIC, thrown)

        is ConfigException -> failure(ErrorCode.CONFIG, thrown)

        is EventFormatException -> failure(ErrorCode.FORMAT, thrown)

        is PayloadException -> failure(ErrorCode.JSON, thrown)

        is PluginException -> failure(ErrorCode.PLUGIN, thrown)

        is UnsupportedOperationException -> failure(ErrorCode.STORE, thrown)

        is OutOfMemoryError -> outOfMemory(thrown)

        else -> internal(thrown)
    }

    private fun ofStore(e: StoreException): CliFailure = when (e) {
        is StoreNotFoundException -> failure(ErrorCode.NO_BUS, e, MAKE)
        is StoreVersionException -> failure(ErrorCode.VERSION, e, "a newer version of bus")
        is StoreAccessException -> failure(ErrorCode.ACCESS, e)
        is StoreFailedException -> failure(ErrorCode.STORE_FAILED, e)
        is StoreUnavailableException -> failure(ErrorCode.BUSY, e, "a longer --lock-timeout")
        is EventTooLargeException -> failure(ErrorCode.TOO_LARGE, e)
        else -> failure(ErrorCode.STORE, e)
    }

    private fun failure(code: ErrorCode, e: Throwable, hint: String? = null) =
        CliFailure(code, e.message ?: e.javaClass.simpleName, hint, e)

    private fun outOfMemory(e: Throwable) = CliFailure(
        ErrorCode.INTERNAL,
        "There is not enough memory.",
        "BUS_JAVA_OPTS=-Xmx512m bus …",
        e,
    )

    private fun internal(e: Throwable) = CliFailure(
        ErrorCode.INTERNAL,
        "This should not have happened: ${e.javaClass.name}: ${e.message}",
        "the same command with -vv, and report what it shows",
        e,
    )
}
