"""Obligation and deadline tracker for cooperation agreements (Perjanjian Kerja Sama)."""
