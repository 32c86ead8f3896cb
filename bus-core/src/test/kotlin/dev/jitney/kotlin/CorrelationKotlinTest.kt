// SPDX-License-Identifier: Apache-2.0
package dev.jitney.kotlin

import dev.jitney.CorrelationContext
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.asCoroutineDispatcher
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withContext
import kotlinx.coroutines.yield
import org.assertj.core.api.Assertions.assertThat
import org.assertj.core.api.Assertions.assertThatThrownBy
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.DisplayName
import org.junit.jupiter.api.Test
import java.util.concurrent.Executors

internal class CorrelationKotlinTest {
    @AfterEach
    fun nothingStaysBound() {
        assertThat(CorrelationContext.current()).isNull()
    }

    @Test
    @DisplayName("CTX-2 an id is kept over suspension and on every thread that the block goes on")
    fun threadHops() = runBlocking<Unit> {
        threads(2) { one, other ->
            withCorrelation("story") {
                repeat(10) {
                    withContext(one) { assertThat(CorrelationContext.current()).isEqualTo("story") }
                    yield()
                    withContext(other) { assertThat(CorrelationContext.current()).isEqualTo("story") }
                    assertThat(CorrelationContext.current()).isEqualTo("story")
                }
            }
            assertThat(CorrelationContext.current()).isNull()
            for (thread in listOf(one, other)) {
                withContext(thread) { assertThat(CorrelationContext.current()).isNull() }
            }
        }
    }

    @Test
    @DisplayName("CTX-2 calls nest, on other threads too, and restore what was bound, also after a failure")
    fun nesting() = runBlocking<Unit> {
        val value = withCorrelation("outer") {
            withContext(Dispatchers.Default) {
                withCorrelation("inner") {
                    yield()
                    assertThat(CorrelationContext.current()).isEqualTo("inner")
                }
                assertThat(CorrelationContext.current()).isEqualTo("outer")
            }
            val failure = runCatching { withCorrelation("failing") { error("broken") } }
            assertThat(failure.exceptionOrNull()).hasMessage("broken")
            assertThat(CorrelationContext.current()).isEqualTo("outer")
            1
        }
        assertThat(value).isEqualTo(1)
    }

    @Test
    @DisplayName("CTX-2 coroutines that run beside each other have their own ids, and those they start inherit them")
    fun isolation() = runBlocking<Unit> {
        threads(1) { thread, _ ->
            withContext(thread) {
                List(100) { number ->
                    async {
                        withCorrelation("story-$number") {
                            yield()
                            launch { assertThat(CorrelationContext.current()).isEqualTo("story-$number") }
                            yield()
                            assertThat(CorrelationContext.current()).isEqualTo("story-$number")
                        }
                    }
                }.awaitAll()
                assertThat(CorrelationContext.current()).isNull()
            }
        }
    }

    @Test
    @DisplayName("CTX-2 what the thread had bound is not seen, and comes back while the block is suspended")
    fun borrowedThread() = runBlocking<Unit> {
        CorrelationContext.with("thread").use {
            val reached = CompletableDeferred<Unit>()
            val goOn = CompletableDeferred<Unit>()
            val block = launch {
                withCorrelation("story") {
                    reached.complete(Unit)
                    goOn.await()
                    assertThat(CorrelationContext.current()).isEqualTo("story")
                }
            }
            reached.await()
            assertThat(CorrelationContext.current()).isEqualTo("thread")
            goOn.complete(Unit)
            block.join()
            assertThat(CorrelationContext.current()).isEqualTo("thread")
        }
    }

    @Test
    @DisplayName("CTX-2 an entry that is left open in a block ends with it")
    fun forgottenEntry() = runBlocking<Unit> {
        withCorrelation("story") {
            CorrelationContext.with("forgotten")
            assertThat(CorrelationContext.current()).isEqualTo("forgotten")
        }
        assertThat(CorrelationContext.current()).isNull()
    }

    @Test
    @DisplayName("CTX-2 an empty id is refused")
    fun emptyId() {
        assertThatThrownBy { runBlocking { withCorrelation("") { } } }
            .isInstanceOf(IllegalArgumentException::class.java)
            .hasMessage("The correlation id is empty. Give one, or use CorrelationContext.newId().")
    }

    private suspend fun threads(
        count: Int,
        block: suspend (kotlinx.coroutines.CoroutineDispatcher, kotlinx.coroutines.CoroutineDispatcher) -> Unit,
    ) {
        val executors = List(count) { Executors.newSingleThreadExecutor() }
        try {
            block(executors.first().asCoroutineDispatcher(), executors.last().asCoroutineDispatcher())
        } finally {
            executors.forEach { it.shutdownNow() }
        }
    }
}
