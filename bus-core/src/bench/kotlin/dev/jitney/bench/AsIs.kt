// SPDX-License-Identifier: Apache-2.0
package dev.jitney.bench

import io.vertx.core.buffer.Buffer
import io.vertx.core.eventbus.MessageCodec

/** Lets Vert.x hand an item on in the process as it is. */
internal object AsIs : MessageCodec<Item, Item> {
    override fun encodeToWire(buffer: Buffer, item: Item): Unit = throw UnsupportedOperationException()

    override fun decodeFromWire(at: Int, buffer: Buffer): Item = throw UnsupportedOperationException()

    override fun transform(item: Item): Item = item

    override fun name(): String = "as is"

    override fun systemCodecID(): Byte = -1
}
