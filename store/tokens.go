// Tokens: addresses that only their holder may know.

package store

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"encoding/binary"
)

const (
	tokenID  = 8  // bytes of the subscription's id, big-endian
	tokenMAC = 16 // bytes of HMAC-SHA-256 that are kept
)

// tokenText refuses stray bits, so that one token has one spelling.
var tokenText = base64.RawURLEncoding.Strict()

// UnsubscribeToken gives the last part of the address that ends a subscription
// (RFC 8058, section 3.1): 32 characters of A-Z, a-z, 0-9, "-" and "_". It
// needs no row of its own, never expires, and is good for nothing else.
// See [DB.Secret] for the secret.
func UnsubscribeToken(secret []byte, subscription int64) string {
	token := binary.BigEndian.AppendUint64(nil, uint64(subscription))
	return tokenText.EncodeToString(append(token, unsubscribeMAC(secret, token)...))
}

// ParseUnsubscribeToken gives the subscription that a token was made for. It
// reports false for everything that UnsubscribeToken did not make with the
// same secret.
func ParseUnsubscribeToken(secret []byte, token string) (subscription int64, ok bool) {
	if len(token) != tokenText.EncodedLen(tokenID+tokenMAC) {
		return 0, false
	}
	raw, err := tokenText.DecodeString(token)
	if err != nil || !hmac.Equal(raw[tokenID:], unsubscribeMAC(secret, raw[:tokenID])) {
		return 0, false
	}
	return int64(binary.BigEndian.Uint64(raw)), true
}

// unsubscribeMAC binds an id to this one purpose.
func unsubscribeMAC(secret, id []byte) []byte {
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte("unsubscribe\x00"))
	mac.Write(id)
	return mac.Sum(nil)[:tokenMAC]
}

// inboundText can stand in the local part of a mail address, whose case some
// hosts change.
var inboundText = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// InboundToken gives the end of the local part of the address to which the mail
// of a source is sent: 16 characters of a-z and 2-7, 80 bits that nobody can
// guess. It needs no row, and is the same as long as the name is.
func InboundToken(secret []byte, source string) string {
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte("inbound\x00"))
	mac.Write([]byte(source))
	return inboundText.EncodeToString(mac.Sum(nil)[:10])
}
