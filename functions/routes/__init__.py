"""The HTTP dialect: HubSpot's paths and shapes on the outside, core types on the inside."""
