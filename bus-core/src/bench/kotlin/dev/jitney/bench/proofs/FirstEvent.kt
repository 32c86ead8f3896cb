// SPDX-License-Identifier: Apache-2.0
package dev.jitney.bench.proofs

import dev.jitney.EventBus
import java.util.concurrent.CountDownLatch
import java.util.concurrent.TimeUnit
import kotlin.system.exitProcess

/** A program that handles one event and prints after how many nanoseconds; with an argument, its bus keeps events there. */
internal object FirstEvent {
    @JvmStatic
    fun main(arguments: Array<String>) {
        val began = System.nanoTime()
        val builder = EventBus.builder("first")
        if (arguments.isNotEmpty()) builder.discoverPlugins().store("file:${arguments[0]}")
        builder.build().use { bus ->
            val handled = CountDownLatch(1)
            var nanos = 0L
            bus.subscribe("first.event") {
                nanos = System.nanoTime() - began
                handled.countDown()
            }
            bus.publish("first.event", "payload")
            if (!handled.await(1, TimeUnit.MINUTES)) exitProcess(1)
            println(nanos)
        }
    }
}
