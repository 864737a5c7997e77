"""Providers to rehearse with: デジタル認証アプリ, GビズID and a staff sign-in service, invented.

They have the real ones' addresses and rules, people who don't exist, and misbehave when asked to.
A process of its own in the demonstration, a thread in tests, refused in production.
"""
