// SPDX-License-Identifier: Apache-2.0
package dev.jitney

import dev.jitney.event.Topic
import dev.jitney.kotlin.eventBus
import dev.jitney.kotlin.on
import dev.jitney.kotlin.publishAndAwait
import kotlinx.coroutines.delay
import kotlinx.coroutines.test.runTest
import kotlinx.serialization.Serializable
import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.DisplayName
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.extension.ExtendWith
import java.util.concurrent.CopyOnWriteArrayList

/** The README quotes what stands between the markers, with `file:./.bus` as the store. */
@ExtendWith(NoLeaks::class)
class ReadmeKotlinExampleTest {
    private val lines = CopyOnWriteArrayList<String>()

    // readme:start
    @Serializable
    @Topic("user.login")
    data class UserLogin(val username: String)

    suspend fun example() = eventBus("orders") { store("memory:") }.use { bus ->
        bus.on<UserLogin> { login ->
            delay(10) // handlers may suspend
            println(login.username)
        }
        bus.on("user.*") { event -> println("${event.topic()} at ${event.time()}") }

        val publication = bus.publishAndAwait("user.login", UserLogin("alice"))
        println(publication.outcome()) // HANDLED
    }
    // readme:end

    private fun println(line: Any?) {
        lines.add(line.toString())
    }

    @Test
    @DisplayName("The README's Kotlin example runs")
    fun runs() = runTest {
        example()
        assertThat(lines).hasSize(3).startsWith("alice").endsWith("HANDLED")
    }
}
