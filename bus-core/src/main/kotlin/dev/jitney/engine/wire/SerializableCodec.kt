// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.wire

import dev.jitney.spi.PayloadCodec
import kotlinx.serialization.KSerializer
import kotlinx.serialization.Serializable
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.serializer
import java.lang.reflect.Type

/** Reads and writes classes that Kotlin's `@Serializable` has prepared. Keys that a class lacks are passed over. */
internal class SerializableCodec : PayloadCodec {
    private val json =
        Json {
            encodeDefaults = true
            ignoreUnknownKeys = true
        }

    private val serializers =
        object : ClassValue<KSerializer<Any>>() {
            override fun computeValue(type: Class<*>): KSerializer<Any> = serializerOf(type)
        }

    override fun supports(type: Class<*>): Boolean =
        type.isAnnotationPresent(Serializable::class.java) || JsonElement::class.java.isAssignableFrom(type)

    // Half of a surrogate pair must fail here: replaced by a question mark it would be lost for ever.
    override fun encode(value: Any): ByteArray =
        json.encodeToString(serializers[value.javaClass], value).encodeToByteArray(throwOnInvalidSequence = true)

    override fun decode(json: ByteArray, type: Type): Any {
        val serializer = if (type is Class<*>) serializers[type] else serializerOf(type)
        return this.json.decodeFromString(serializer, json.decodeToString())
    }

    @Suppress("UNCHECKED_CAST")
    private fun serializerOf(type: Type): KSerializer<Any> =
        if (type is Class<*> && JsonElement::class.java.isAssignableFrom(type)) {
            JsonElement.serializer() as KSerializer<Any>
        } else {
            json.serializersModule.serializer(type)
        }
}
