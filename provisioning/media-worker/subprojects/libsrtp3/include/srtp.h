// libsrtp 3's calls, as far as the worker makes them, over Debian's libsrtp 2. Two things differ: version 3 hides its
// policy behind a pointer and setters, and works from one buffer into another where version 2 works in place.
#pragma once
#include <cstdint>
#include <cstring>
#include <new>

#define srtp_policy_t srtp_v2_policy_t
#include <srtp2/srtp.h>
#undef srtp_policy_t

// New in version 3. The worker only has texts for them; numbers that version 2 does not use.
constexpr auto srtp_err_status_buffer_small = static_cast<srtp_err_status_t>(28);
constexpr auto srtp_err_status_cryptex_err  = static_cast<srtp_err_status_t>(29);

namespace srtp_bridge
{
	// Holds the key itself: version 2 keeps a pointer into it until the session is made.
	struct Policy
	{
		srtp_v2_policy_t v2{};
		uint8_t masterKeyAndSalt[SRTP_MAX_KEY_LEN]{};
	};

	using InPlace = srtp_err_status_t (*)(srtp_t, void*, int*);

	// `outSize` carries the room in `out` on the way in and the packet's size on the way out. Version 2 cannot be told
	// the room; the worker's own buffers leave SRTP_MAX_TRAILER_LEN, which it checks before it calls.
	inline srtp_err_status_t transform(
	  InPlace inPlace, srtp_t session, const uint8_t* in, size_t inSize, uint8_t* out, size_t* outSize)
	{
		if (inSize > *outSize)
		{
			return srtp_err_status_buffer_small;
		}

		if (out != in)
		{
			std::memmove(out, in, inSize);
		}

		int size          = static_cast<int>(inSize);
		const auto status = inPlace(session, out, &size);

		*outSize = static_cast<size_t>(size);

		return status;
	}
} // namespace srtp_bridge

using srtp_policy_t = srtp_bridge::Policy*;

inline srtp_err_status_t srtp_policy_create(srtp_policy_t* policy)
{
	*policy = new (std::nothrow) srtp_bridge::Policy();

	return *policy ? srtp_err_status_ok : srtp_err_status_alloc_fail;
}

inline void srtp_policy_destroy(srtp_policy_t policy)
{
	delete policy;
}

inline srtp_err_status_t srtp_policy_set_ssrc(srtp_policy_t policy, srtp_ssrc_t ssrc)
{
	policy->v2.ssrc = ssrc;

	return srtp_err_status_ok;
}

inline srtp_err_status_t srtp_policy_set_profile(srtp_policy_t policy, srtp_profile_t profile)
{
	const auto status = srtp_crypto_policy_set_from_profile_for_rtp(&policy->v2.rtp, profile);

	if (status != srtp_err_status_ok)
	{
		return status;
	}

	return srtp_crypto_policy_set_from_profile_for_rtcp(&policy->v2.rtcp, profile);
}

// Master key identifiers are not used by WebRTC (RFC 8827), nor by the worker.
inline srtp_err_status_t srtp_policy_add_key(
  srtp_policy_t policy,
  const uint8_t* key,
  size_t keySize,
  const uint8_t* salt,
  size_t saltSize,
  const uint8_t* /*mki*/,
  size_t mkiSize)
{
	if (mkiSize != 0 || keySize + saltSize > sizeof(policy->masterKeyAndSalt))
	{
		return srtp_err_status_bad_param;
	}

	std::memcpy(policy->masterKeyAndSalt, key, keySize);
	std::memcpy(policy->masterKeyAndSalt + keySize, salt, saltSize);
	policy->v2.key = policy->masterKeyAndSalt;

	return srtp_err_status_ok;
}

inline srtp_err_status_t srtp_policy_set_allow_repeat_tx(srtp_policy_t policy, bool allowed)
{
	policy->v2.allow_repeat_tx = allowed ? 1 : 0;

	return srtp_err_status_ok;
}

inline srtp_err_status_t srtp_policy_set_window_size(srtp_policy_t policy, size_t packets)
{
	policy->v2.window_size = static_cast<unsigned long>(packets);

	return srtp_err_status_ok;
}

inline srtp_err_status_t srtp_create(srtp_t* session, srtp_policy_t policy)
{
	return ::srtp_create(session, static_cast<const srtp_v2_policy_t*>(&policy->v2));
}

inline srtp_err_status_t srtp_stream_remove(srtp_t session, uint32_t ssrc)
{
	return ::srtp_remove_stream(session, ssrc);
}

inline srtp_err_status_t srtp_protect(
  srtp_t session, const uint8_t* rtp, size_t rtpSize, uint8_t* srtp, size_t* srtpSize, size_t /*mki*/)
{
	return srtp_bridge::transform(::srtp_protect, session, rtp, rtpSize, srtp, srtpSize);
}

inline srtp_err_status_t srtp_protect_rtcp(
  srtp_t session, const uint8_t* rtcp, size_t rtcpSize, uint8_t* srtcp, size_t* srtcpSize, size_t /*mki*/)
{
	return srtp_bridge::transform(::srtp_protect_rtcp, session, rtcp, rtcpSize, srtcp, srtcpSize);
}

inline srtp_err_status_t srtp_unprotect(
  srtp_t session, const uint8_t* srtp, size_t srtpSize, uint8_t* rtp, size_t* rtpSize)
{
	return srtp_bridge::transform(::srtp_unprotect, session, srtp, srtpSize, rtp, rtpSize);
}

inline srtp_err_status_t srtp_unprotect_rtcp(
  srtp_t session, const uint8_t* srtcp, size_t srtcpSize, uint8_t* rtcp, size_t* rtcpSize)
{
	return srtp_bridge::transform(::srtp_unprotect_rtcp, session, srtcp, srtcpSize, rtcp, rtcpSize);
}
