// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.SubscribeOptions
import dev.jitney.Subscription
import dev.jitney.event.TopicPattern
import dev.jitney.spi.EventHandler
import dev.jitney.spi.PluginException
import java.util.Collections
import java.util.concurrent.atomic.AtomicLong

/** The way of a handler into the routes, and out again (SUB). */
internal class Subscribing(
    private val core: EngineCore,
    private val tail: RemoteTail?,
    private val durables: Durables?,
) : EngineSubscription.Owner {
    private val sequence = AtomicLong()

    fun subscribe(pattern: String, options: SubscribeOptions, handler: Invoker): Subscription {
        require(handler.inline || !options.blocking()) {
            "Subscription to '$pattern' is declared blocking, but its handler returns before it is done. " +
                "Use subscribe or subscribeReplying for a handler that blocks."
        }
        core.life.check(onBehalf = true)
        return register(Collections.singletonList(TopicPattern.parse(pattern)), options, offTheLane(options, handler))
    }

    fun forward(target: EngineBus, pattern: String): Subscription {
        val options = SubscribeOptions.builder().name("forward to ${target.name()}").build()
        return subscribe(pattern, options, ForwardInvoker(target))
    }

    /** Subscribes the handlers that are plugins. */
    fun addPlugins(): Unit = core.plugins.handlers().forEach(::add)

    private fun add(handler: EventHandler) {
        val patterns = handler.patterns()
        if (patterns.isEmpty()) {
            throw PluginException(
                "Handler '${handler.name()}' wants no topic: its patterns() returns none. Return one or more.",
            )
        }
        handler.start(core.plugins.context())
        val options = SubscribeOptions.builder().name(handler.name()).priority(handler.priority())
        options.predicate(handler::wants)
        handler.timeout()?.let(options::timeout)
        if (handler.blocking()) options.blocking()
        val set = options.build()
        val invoker = if (handler is EventHandler.Staged) {
            StageInvoker(handler::handleAsync)
        } else {
            offTheLane(set, PlainInvoker(handler::handle))
        }
        register(patterns, set, invoker)
    }

    private fun offTheLane(options: SubscribeOptions, handler: Invoker): Invoker =
        if (options.blocking()) BlockingInvoker(handler) { options.executor() ?: core.pool.blocking } else handler

    private fun register(patterns: List<TopicPattern>, options: SubscribeOptions, invoker: Invoker): Subscription {
        val number = sequence.incrementAndGet()
        val reader = openDurable(patterns[0], options, number)
        return try {
            register(patterns, options, invoker, number, reader)
        } catch (e: Throwable) {
            reader?.end()
            throw e
        }
    }

    private fun register(
        patterns: List<TopicPattern>,
        options: SubscribeOptions,
        invoker: Invoker,
        number: Long,
        reader: DurableReader?,
    ): Subscription {
        if (options.includeRemote() && reader == null) follow(patterns[0])
        val subscription = EngineSubscription(
            patterns[0],
            options,
            number,
            invoker,
            if (patterns.size == 1) Collections.emptyList() else patterns.drop(1),
            this,
            reader,
        )
        core.plugins.interceptors().subscriptionAdded(subscription)
        core.routes.add(subscription)
        if (reader != null) durables!!.start(reader, subscription)
        // A close that ran meanwhile has not seen it.
        if (core.life.closed) subscription.close()
        return subscription
    }

    private fun openDurable(pattern: TopicPattern, options: SubscribeOptions, number: Long): DurableReader? {
        val cursor = options.cursor() ?: return null
        val all = checkNotNull(durables) {
            "Subscription to '$pattern' is durable, but bus '${core.name}' has no store. " +
                "Set one with EventBusBuilder.store."
        }
        return all.open(pattern, options, options.name() ?: HandlerName.of(pattern, number), cursor)
    }

    private fun follow(pattern: TopicPattern) {
        val following = checkNotNull(tail) {
            "Subscription to '$pattern' asks for events of other processes, but bus '${core.name}' has no store. " +
                "Set one with EventBusBuilder.store."
        }
        following.want()
    }

    override fun shown(failure: Throwable): Throwable = core.masking.shown(failure)

    override fun leave(subscription: EngineSubscription) {
        subscription.reader?.stop()
        core.routes.remove(subscription)
    }

    override fun closed(subscription: EngineSubscription) {
        core.plugins.interceptors().subscriptionRemoved(subscription)
        if (subscription.includeRemote) tail?.release()
    }
}
