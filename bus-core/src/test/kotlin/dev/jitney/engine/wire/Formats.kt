// SPDX-License-Identifier: Apache-2.0
@file:JvmName("Formats")

package dev.jitney.engine.wire

import dev.jitney.spi.EventFormat
import dev.jitney.spi.PayloadCodec

/** The format under test, for tests written in Java. */
fun eventFormat(vararg codecs: PayloadCodec): EventFormat = cloudEventsFormat(codecs.toList())
