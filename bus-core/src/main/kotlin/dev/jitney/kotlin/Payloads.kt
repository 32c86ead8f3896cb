// SPDX-License-Identifier: Apache-2.0
package dev.jitney.kotlin

import dev.jitney.event.Event
import dev.jitney.event.InvalidTopicException
import dev.jitney.event.Topic
import kotlin.reflect.javaType
import kotlin.reflect.typeOf

/**
 * The payload read as [T]: the object itself when it is one already, else decoded from JSON (EVT-7).
 *
 * @throws dev.jitney.event.PayloadException if it is something else
 * @throws IllegalStateException if it is null or there is none, and [T] is not nullable
 */
@OptIn(ExperimentalStdlibApi::class)
public inline fun <reified T> Event.payload(): T {
    val value = payloadAs(typeOf<T>().javaType)
    check(value != null || null is T) {
        "Event '${id()}' of topic '${topic()}' has no payload. Ask for a nullable type."
    }
    return value as T
}

@PublishedApi
internal fun topicOf(type: Class<*>): String {
    val topic = type.getDeclaredAnnotation(Topic::class.java)
        ?: throw InvalidTopicException("Class '${type.name}' has no @Topic. Add one, or give the topic.")
    return topic.value
}
