// SPDX-License-Identifier: Apache-2.0
package dev.jitney.bench

import com.google.common.eventbus.Subscribe
import com.lmax.disruptor.EventHandler
import dev.jitney.Handler
import dev.jitney.event.Event
import io.vertx.core.eventbus.Message
import org.springframework.context.ApplicationEvent
import org.springframework.context.ApplicationListener
import java.lang.invoke.MethodHandles
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
 * There are four classes of the same text ([TakerText], defined four times), so that the call of a handler is never
 * monomorphic; a method that they inherited would be one. Each is called by one thread at a time.
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
        private const val CLASSES = 4

        private val makers = TakerText::class.java.let { text ->
            val code = text.getResourceAsStream("${text.simpleName}.class")!!.use { it.readAllBytes() }
            List(CLASSES) {
                MethodHandles.lookup().defineHiddenClass(code, true).lookupClass().getDeclaredConstructor()
            }
        }

        fun of(index: Int): Taker = makers[index % CLASSES].newInstance() as Taker

        fun many(count: Int): List<Taker> = List(count) { of(it) }
    }
}

/** Becomes four classes; those are not this one, and this one is never used. */
internal class TakerText : Taker() {
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
