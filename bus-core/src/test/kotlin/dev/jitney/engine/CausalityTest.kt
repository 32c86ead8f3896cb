// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.DisplayName
import org.junit.jupiter.api.Test

class CausalityTest {
    private val root = event("order.placed", "root")
    private val invoice = event("order.invoiced", "invoice", "root", 2)
    private val stock = event("order.reserved", "stock", "root", 1)
    private val mail = event("mail.sent", "mail", "invoice", 3)
    private val other = event("order.placed", "other", "gone")

    private fun causality(vararg events: dev.jitney.event.Event) = Causality(events.map { KnownPublication(it) })

    @Test
    @DisplayName("NST-4 children are the direct ones, the oldest first")
    fun children() {
        val causality = causality(mail, invoice, other, stock, root)
        assertThat(causality.children(root)).containsExactly(stock, invoice)
        assertThat(causality.children(invoice)).containsExactly(mail)
        assertThat(causality.children(mail)).isEmpty()
        assertThat(causality.children(event("a", "gone"))).containsExactly(other)
    }

    @Test
    @DisplayName("NST-4 ancestors go from the cause to the root, as far as they are known")
    fun ancestors() {
        assertThat(causality(mail, invoice, stock, root).ancestors(mail)).containsExactly(invoice, root)
        assertThat(causality(mail, root).ancestors(mail)).isEmpty()
        assertThat(causality(other).ancestors(other)).isEmpty()
        assertThat(causality(root).ancestors(root)).isEmpty()
    }

    @Test
    @DisplayName("NST-4 a descendant descends over several generations, never from itself or its own descendants")
    fun descendants() {
        val causality = causality(mail, invoice, stock, root)
        assertThat(causality.isDescendantOf(mail, root)).isTrue()
        assertThat(causality.isDescendantOf(mail, invoice)).isTrue()
        assertThat(causality.isDescendantOf(mail, stock)).isFalse()
        assertThat(causality.isDescendantOf(root, mail)).isFalse()
        assertThat(causality.isDescendantOf(root, root)).isFalse()
    }

    @Test
    @DisplayName("NST-4 the ancestor itself need not be known, those between must be")
    fun unknownEvents() {
        assertThat(causality(invoice).isDescendantOf(mail, root)).isTrue()
        assertThat(causality(root).isDescendantOf(mail, root)).isFalse()
    }

    @Test
    @DisplayName("NST-4 a forwarded event that several buses know is one event")
    fun forwarded() {
        val causality = causality(root, invoice, root, invoice, mail)
        assertThat(causality.children(root)).containsExactly(invoice)
        assertThat(causality.ancestors(mail)).containsExactly(invoice, root)
    }

    @Test
    @DisplayName("NST-4 circles of causes end")
    fun circles() {
        val a = event("a", "a", "c")
        val b = event("b", "b", "a")
        val c = event("c", "c", "b")
        val self = event("d", "d", "d")
        val causality = causality(a, b, c, self)
        assertThat(causality.ancestors(a)).containsExactly(c, b)
        assertThat(causality.isDescendantOf(a, b)).isTrue()
        assertThat(causality.isDescendantOf(a, a)).isFalse()
        assertThat(causality.isDescendantOf(a, root)).isFalse()
        assertThat(causality.children(self)).isEmpty()
        assertThat(causality.ancestors(self)).isEmpty()
        assertThat(causality.isDescendantOf(self, self)).isFalse()
    }

    @Test
    @DisplayName("NST-4 a chain of a hundred thousand events is walked without a stack")
    fun longChain() {
        val chain = List(100_000) { event("a", "e$it", if (it == 0) null else "e${it - 1}") }
        val causality = Causality(chain.map { KnownPublication(it) })
        assertThat(causality.isDescendantOf(chain.last(), chain.first())).isTrue()
        assertThat(causality.ancestors(chain.last())).hasSize(99_999)
    }
}
