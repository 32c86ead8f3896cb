// SPDX-License-Identifier: Apache-2.0
package dev.jitney.bench

import com.google.common.eventbus.Subscribe
import com.lmax.disruptor.EventHandler
import dev.jitney.Handler
import dev.jitney.event.Event
import io.vertx.core.eventbus.Message
import org.springframework.context.ApplicationEvent
import org.springframework.context.ApplicationListener
import java.util.concurrent.CountDownLatch
import io.vertx.core.Handler as VertxHandler
import net.engio.mbassy.listener.Handler as MbassadorHandler
import org.greenrobot.eventbus.Subscribe as GreenrobotSubscribe

/** Spring's way to carry a payload; cheaper than its own PayloadApplicationEvent, which resolves types. */
internal class ItemEvent(source: Any, val item: Item) : ApplicationEvent(source)

/** A place of a ring buffer, used again and again. */
internal class Slot {
    @JvmField
    var item: Item? = null
}

/**
 * A handler that every bus can call and that reads what it is given: it adds up the values, which is checked.
 *
 * There are four classes of the same text, so that the call of a handler is never monomorphic. Each is called
 * by one thread at a time.
 */
internal abstract class Taker :
    Handler,
    ApplicationListener<ItemEvent>,
    EventHandler<Slot>,
    VertxHandler<Message<Item>> {
    @JvmField
    var sum: Long = 0

    @JvmField
    var count: Long = 0

    @JvmField
    var goal: Long = Long.MAX_VALUE

    @JvmField
    var reached: CountDownLatch? = null

    /** Sees every item beside the sum. */
    @JvmField
    var also: ((Item) -> Unit)? = null

    abstract fun take(item: Item)

    /** Opens [reached] once [events] more have come. Called while nothing is on its way. */
    fun expect(events: Long, reached: CountDownLatch) {
        this.reached = reached
        goal = count + events
    }

    protected fun slowly(item: Item) {
        also?.invoke(item)
        if (count == goal) reached!!.countDown()
    }

    companion object {
        fun of(index: Int): Taker = when (index and 3) {
            0 -> TakerA()
            1 -> TakerB()
            2 -> TakerC()
            else -> TakerD()
        }

        fun many(count: Int): List<Taker> = List(count) { of(it) }
    }
}

internal class TakerA : Taker() {
    @Subscribe
    @GreenrobotSubscribe
    @MbassadorHandler
    fun on(item: Item) {
        sum += item.value
        if (++count == goal || also != null) slowly(item)
    }

    override fun take(item: Item): Unit = on(item)

    override fun handle(event: Event): Unit = on(event.payload() as Item)

    override fun onApplicationEvent(event: ItemEvent): Unit = on(event.item)

    override fun onEvent(slot: Slot, sequence: Long, endOfBatch: Boolean): Unit = on(slot.item!!)

    override fun handle(message: Message<Item>): Unit = on(message.body())
}

internal class TakerB : Taker() {
    @Subscribe
    @GreenrobotSubscribe
    @MbassadorHandler
    fun on(item: Item) {
        sum += item.value
        if (++count == goal || also != null) slowly(item)
    }

    override fun take(item: Item): Unit = on(item)

    override fun handle(event: Event): Unit = on(event.payload() as Item)

    override fun onApplicationEvent(event: ItemEvent): Unit = on(event.item)

    override fun onEvent(slot: Slot, sequence: Long, endOfBatch: Boolean): Unit = on(slot.item!!)

    override fun handle(message: Message<Item>): Unit = on(message.body())
}

internal class TakerC : Taker() {
    @Subscribe
    @GreenrobotSubscribe
    @MbassadorHandler
    fun on(item: Item) {
        sum += item.value
        if (++count == goal || also != null) slowly(item)
    }

    override fun take(item: Item): Unit = on(item)

    override fun handle(event: Event): Unit = on(event.payload() as Item)

    override fun onApplicationEvent(event: ItemEvent): Unit = on(event.item)

    override fun onEvent(slot: Slot, sequence: Long, endOfBatch: Boolean): Unit = on(slot.item!!)

    override fun handle(message: Message<Item>): Unit = on(message.body())
}

internal class TakerD : Taker() {
    @Subscribe
    @GreenrobotSubscribe
    @MbassadorHandler
    fun on(item: Item) {
        sum += item.value
        if (++count == goal || also != null) slowly(item)
    }

    override fun take(item: Item): Unit = on(item)

    override fun handle(event: Event): Unit = on(event.payload() as Item)

    override fun onApplicationEvent(event: ItemEvent): Unit = on(event.item)

    override fun onEvent(slot: Slot, sequence: Long, endOfBatch: Boolean): Unit = on(slot.item!!)

    override fun handle(message: Message<Item>): Unit = on(message.body())
}
