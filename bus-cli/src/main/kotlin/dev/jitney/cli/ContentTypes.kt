// SPDX-License-Identifier: Apache-2.0
package dev.jitney.cli

/** What a content type says about a payload. */
internal object ContentTypes {
    const val TEXT: String = "text/plain"
    const val BYTES: String = "application/octet-stream"

    /** Says whether payloads of this type are JSON; those without a type are. */
    fun json(type: String?): Boolean {
        if (type == null) return true
        val bare = type.substringBefore(';').trim().lowercase()
        return bare == "application/json" || bare == "text/json" || bare.endsWith("+json")
    }
}
