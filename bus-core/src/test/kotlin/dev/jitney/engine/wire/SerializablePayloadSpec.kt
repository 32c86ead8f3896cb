// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.wire

import dev.jitney.event.Event
import dev.jitney.event.JsonPayload
import dev.jitney.event.PayloadException
import dev.jitney.event.Topic
import dev.jitney.spi.EventFormatException
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe
import kotlinx.serialization.SerialName
import kotlinx.serialization.Serializable
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.buildJsonObject

@Topic("user.login")
@Serializable
data class UserLogin(
    @SerialName("user_name") val userName: String,
    val tries: Int = 1,
    val tags: List<String> = emptyList(),
    val last: Long? = null,
)

@Serializable
data class Ratio(
    val value: Double,
)

@Serializable
data class Box<T>(
    val content: T,
)

private data class Plain(
    val a: Int,
)

class SerializablePayloadSpec :
    FunSpec({
        val format = eventFormat()

        fun roundTrip(payload: Any): Event = format.decode(format.encode(Event.of("a", payload).withSource("s")))

        test("EVT-7 a @Serializable class is a payload, with its topic and its serial names") {
            val event = Event.of(UserLogin("ü\"", last = Long.MAX_VALUE)).withSource("s")
            val read = format.decode(format.encode(event))

            read.topic() shouldBe "user.login"
            read.payload().toString() shouldBe """{"user_name":"ü\"","tries":1,"tags":[],"last":9223372036854775807}"""
            read.payload(UserLogin::class.java) shouldBe UserLogin("ü\"", last = Long.MAX_VALUE)
        }

        test("EVT-7 members that the class lacks are passed over, defaults fill in what is missing") {
            val read = roundTrip(JsonPayload.of("""{"user_name":"z","new":true}"""))

            read.payload(UserLogin::class.java) shouldBe UserLogin("z")
        }

        test("EVT-7 serializable objects inside of lists and maps") {
            val read = roundTrip(mapOf("logins" to listOf(UserLogin("z"))))

            read.payload().toString() shouldBe """{"logins":[{"user_name":"z","tries":1,"tags":[],"last":null}]}"""
        }

        test("EVT-7 a tree of kotlinx.serialization is a payload") {
            val tree = buildJsonObject { put("a", JsonPrimitive(1)) }

            roundTrip(tree).payload(tree.javaClass) shouldBe tree
            roundTrip(JsonPrimitive("x")).payload().toString() shouldBe "\"x\""
        }

        test("EVT-7 a wrong shape says what was asked for") {
            val failure =
                shouldThrow<PayloadException> { roundTrip(mapOf("tries" to 1)).payload(UserLogin::class.java) }

            failure.message shouldBe
                "Event 'a': The payload is not a dev.jitney.engine.wire.UserLogin: it cannot be read: Field " +
                "'user_name' is required for type with serial name 'dev.jitney.engine.wire.UserLogin', " +
                "but it was missing at path: \$."
        }

        test("EVT-4 NaN in a serializable class is refused") {
            val failure = shouldThrow<EventFormatException> { roundTrip(Ratio(Double.NaN)) }

            failure.message!!.startsWith("Event 'a' cannot be written. The payload cannot be written: ") shouldBe true
        }

        test("EVT-4 half of a surrogate pair in a serializable class is refused") {
            shouldThrow<EventFormatException> { roundTrip(UserLogin("\ud800")) }
        }

        test("EVT-1 the builder is called from Kotlin as from Java") {
            val event = Event.builder("a").id("1").source("s").header("X-Y", "z").extension("n", 1).build()

            event.headers() shouldBe mapOf("X-Y" to "z", "n" to "1")
            format.decode(format.encode(event)) shouldBe event
        }

        test("EVT-7 a class without serializer says what to do") {
            val failure = shouldThrow<EventFormatException> { roundTrip(Plain(1)) }

            failure.message shouldBe
                "Event 'a' cannot be written. The payload is a dev.jitney.engine.wire.Plain, for which there" +
                " is no codec. Use a record, a @Serializable class, a Map, or add a PayloadCodec."
        }
    })
