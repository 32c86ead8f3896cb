// SPDX-License-Identifier: Apache-2.0
package dev.jitney.bench

/** `name=value` words after the verb; an unknown one is refused. */
internal class Args(words: List<String>) {
    private val given = LinkedHashMap<String, String>()
    private val known = sortedSetOf<String>()
    val plain: List<String> = words.filter { '=' !in it }

    init {
        words.filter { '=' in it }.forEach { given[it.substringBefore('=')] = it.substringAfter('=') }
    }

    fun text(name: String, default: String): String {
        known += name
        return given[name] ?: default
    }

    fun number(name: String, default: Int): Int {
        val text = text(name, default.toString())
        return requireNotNull(text.toIntOrNull()?.takeIf { it > 0 }) {
            "'$name=$text' is no number above 0."
        }
    }

    fun check() {
        val unknown = given.keys - known
        require(unknown.isEmpty()) {
            "Unknown argument '${unknown.first()}'. Known are: ${known.joinToString()}."
        }
    }
}
